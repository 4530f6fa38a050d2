import { ok, refuse, type SessionId } from '@claviger/core';
import type { CommandContext, CommandDeps } from './deps.ts';
import type { CommandOutcome } from './outcome.ts';
import { changeAs } from './run-as.ts';

/** Ends one of the caller's own sessions (U7); anybody else's is absent. One that has ended already changes nothing. */
export function endSession(
  deps: Pick<CommandDeps, 'change'>,
  context: CommandContext,
  sessionId: SessionId,
): CommandOutcome<{ readonly sessionId: SessionId }> {
  return changeAs(deps, context, async ({ user, account }, change) => {
    const session = await change.read.sessions.find(account.id, sessionId);
    if (session === null || session.userId !== user.id) return refuse({ kind: 'session-not-found', sessionId });
    await change.sessions.end(session);
    return ok({ sessionId });
  });
}
