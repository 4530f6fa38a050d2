import { isSessionAlive, ok, type SessionBounds, sessionBounds, type SessionId } from '@claviger/core';
import type { Session } from '@claviger/storage';
import type { CommandContext, CommandDeps } from './deps.ts';
import type { Outcome } from './outcome.ts';
import { readAs } from './run-as.ts';

/** The caller's sessions with the bounds on them, and which of them asks; null when a key does. */
export type ListedSessions = {
  readonly sessions: readonly Session[];
  readonly bounds: SessionBounds;
  readonly currentId: SessionId | null;
};

/** Lists the caller's own sessions that still stand, newest first (U7). */
export function listSessions(deps: Pick<CommandDeps, 'read'>, context: CommandContext): Outcome<ListedSessions> {
  return readAs(deps, context, async ({ user, account, credential, now }, reader) => {
    const sessions = await reader.sessions.listOf(user.id);
    const currentId = credential.kind === 'session' ? credential.sessionId : null;
    const bounds = sessionBounds(account.signIn);
    return ok({ sessions: sessions.filter((session) => isSessionAlive(session, now, bounds)), bounds, currentId });
  });
}
