import { DAY_MS, type Instant, MINUTE_MS, plusMs } from '@claviger/core';

/** Milliseconds. The shortest and the longest time between two attempts of one mail. */
const SHORTEST_MS = MINUTE_MS;
const LONGEST_MS = 360 * MINUTE_MS;
/** Milliseconds. How long a mail that is refused for now is tried: as long as mail servers do (RFC 5321, 4.5.4.1). */
const TRIED_FOR_MS = 5 * DAY_MS;

/** Milliseconds. The pauses after which a mail server that took nothing is tried again; the last one for ever. */
const PAUSES_MS = [15_000, 30_000, MINUTE_MS, 2 * MINUTE_MS] as const;

/** A share between 0 and 1, drawn anew for each mail, so that what failed together is not tried again together. */
export type Share = () => number;

/**
 * When a mail that was refused for now is tried again, or null when it has been tried for long enough (R7). It waits as long
 * as it has been refused so far, so that the wait doubles: a minute at first, six hours at most.
 */
export function nextAttempt(firstRefusedAt: Instant | null, now: Instant, share: Share): Instant | null {
  const refusedForMs = firstRefusedAt === null ? 0 : Math.max(0, now - firstRefusedAt);
  if (refusedForMs >= TRIED_FOR_MS) return null;
  const waitMs = Math.min(Math.max(refusedForMs, SHORTEST_MS), LONGEST_MS);
  return plusMs(now, Math.floor(waitMs * (0.75 + share() / 4)));
}

/** Milliseconds to leave a mail server in peace that has taken nothing for so many times in a row, one at least. */
export function pauseMs(failures: number, share: Share): number {
  const longest = PAUSES_MS[Math.min(failures, PAUSES_MS.length) - 1] ?? PAUSES_MS[0];
  return Math.floor(longest * (0.75 + share() / 4));
}
