import { ok, type SessionId } from '@claviger/core';
import type { Session } from '@claviger/storage';
import type { CommandContext, CommandDeps } from './deps.ts';
import type { Outcome } from './outcome.ts';
import { readAs } from './run-as.ts';
import { isLiveSession } from './session-life.ts';

/** The caller's sessions, and which of them asks; null when a key does. */
export type ListedSessions = { readonly sessions: readonly Session[]; readonly currentId: SessionId | null };

/** Lists the caller's own sessions that still stand, newest first (U7). */
export function listSessions(deps: Pick<CommandDeps, 'read'>, context: CommandContext): Outcome<ListedSessions> {
  return readAs(deps, context, async ({ user, credential, now }, reader) => {
    const sessions = await reader.sessions.listOf(user.id);
    const currentId = credential.kind === 'session' ? credential.sessionId : null;
    return ok({ sessions: sessions.filter((session) => isLiveSession(session, now)), currentId });
  });
}
