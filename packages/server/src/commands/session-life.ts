import { type Instant, SESSION_IDLE_MS, SESSION_LONGEST_MS } from '@claviger/core';
import type { Session } from '@claviger/storage';

/** Whether a session still stands for its user (U7). It is dead at the very instant of either bound, like a key (E9). */
export function isLiveSession(session: Pick<Session, 'createdAt' | 'lastSeenAt' | 'endedAt'>, now: Instant): boolean {
  if (session.endedAt !== null) return false;
  return now - session.createdAt < SESSION_LONGEST_MS && now - session.lastSeenAt < SESSION_IDLE_MS;
}
