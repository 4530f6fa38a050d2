import { ok, refuse, type SessionId } from '@claviger/core';
import type { CommandContext, CommandDeps } from './deps.ts';
import type { CommandOutcome } from './outcome.ts';
import { changeAs } from './run-as.ts';

/** Ends the session that asks (U7). A key has no session to end. */
export function signOut(
  deps: Pick<CommandDeps, 'change'>,
  context: CommandContext,
): CommandOutcome<{ readonly sessionId: SessionId }> {
  return changeAs(deps, context, async ({ account, credential }, change) => {
    if (credential.kind !== 'session') return refuse({ kind: 'session-required' });
    const session = await change.read.sessions.find(account.id, credential.sessionId);
    if (session !== null) await change.sessions.end(session);
    return ok({ sessionId: credential.sessionId });
  });
}
