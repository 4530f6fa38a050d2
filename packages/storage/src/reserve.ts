import type { Instant } from '@claviger/core';
import type { PendingEvent } from './unit.ts';

/** Room on the disk that is kept back for changes that take something away (A2). */
export type Reserve = {
  /** Keeps the room back, if that was not done yet: not at the start, which should be quick. */
  keep(): void;
  /** Gives the room free for the change at hand; false when there is none (any more). */
  use(): boolean;
  /** Keeps the room back again, if it was used; false while it cannot be had. */
  refill(now: Instant): boolean;
};

/** For databases whose disk is not ours to care for. */
export const NO_RESERVE: Reserve = { keep: () => undefined, use: () => false, refill: () => true };

/** Events of changes that must be possible when the disk is full: they only ever take something away (A2, X1). */
const TAKING_AWAY: ReadonlySet<string> = new Set([
  'key.force_expired',
  'key.deleted',
  'key.disabled',
  'key.rotation_finished',
  'user.disabled',
  'user.deleted',
  'policy.detached',
  'policy.deleted',
  'session.ended',
  'internal_key.ended',
]);

/** Whether a change may use the reserve. One without events only notes that a session is used, which comes before all else. */
export function mayUseReserve(events: readonly PendingEvent[]): boolean {
  return events.every((event) => TAKING_AWAY.has(event.draft.name));
}
