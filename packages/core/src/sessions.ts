import { FRESH_PROOF_MS } from './limits.ts';
import { type Instant, MINUTE_MS, plusMs } from './time.ts';

/** The stored facts that decide whether a session lives. */
export type SessionFacts = {
  readonly createdAt: Instant;
  readonly lastSeenAt: Instant;
  readonly endedAt: Instant | null;
};

/** An account's bounds on its sessions (U7). */
export type SessionBounds = {
  /** Milliseconds without a request after which a session is over. */
  readonly idleMs: number;
  /** Milliseconds after its start at which a session is over however busy it is. */
  readonly longestMs: number;
};

/** The bounds that an account's settings give its sessions; they hold for running sessions from the next request on (U7). */
export function sessionBounds(settings: {
  readonly sessionIdleMinutes: number;
  readonly sessionLongestHours: number;
}): SessionBounds {
  return { idleMs: settings.sessionIdleMinutes * MINUTE_MS, longestMs: settings.sessionLongestHours * 60 * MINUTE_MS };
}

/** When a session is over unless it is used again, and when it is over in any case (U7). */
export function sessionEnds(
  session: Pick<SessionFacts, 'createdAt' | 'lastSeenAt'>,
  bounds: SessionBounds,
): { readonly idleEndsAt: Instant; readonly endsAt: Instant } {
  return { idleEndsAt: plusMs(session.lastSeenAt, bounds.idleMs), endsAt: plusMs(session.createdAt, bounds.longestMs) };
}

/** Whether a session is good at `now`: not ended, not idle for too long, not too old (U7). Dead at the very instant of a bound. */
export function isSessionAlive(session: SessionFacts, now: Instant, bounds: SessionBounds): boolean {
  if (session.endedAt !== null) return false;
  return distanceMs(session.lastSeenAt, now) < bounds.idleMs && distanceMs(session.createdAt, now) < bounds.longestMs;
}

/** Whether the last proof (password, passkey) is at most 15 minutes old, the fifteenth included (U8). */
export function isProofFresh(provenAt: Instant, now: Instant): boolean {
  return distanceMs(provenAt, now) <= FRESH_PROOF_MS;
}

/**
 * Milliseconds between two instants, in either direction. A stored time may be slightly ahead (another node's clock);
 * one that is far ahead comes from a clock that was wrong, and must not make a session live longer.
 */
function distanceMs(a: Instant, b: Instant): number {
  return Math.abs(a - b);
}
