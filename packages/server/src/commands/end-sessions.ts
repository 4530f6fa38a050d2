import type { SessionId, UserId } from '@claviger/core';
import type { Change } from '@claviger/storage';

/** Ends the sessions of a user, all but one that goes on; null ends all (U7). */
export async function endSessionsOf(change: Change, userId: UserId, but: SessionId | null): Promise<void> {
  for (const session of await change.read.sessions.listOf(userId)) {
    if (session.id !== but) await change.sessions.end(session);
  }
}
