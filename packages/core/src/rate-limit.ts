/** A key's rate limit: so many requests in so many seconds (K5). */
export type RateLimit = { readonly requests: number; readonly perSeconds: number };

/** How much of a rate limit is left, to tell its holder. */
export type RateLimitState = {
  readonly limit: RateLimit;
  /** Requests that would be let through now. */
  readonly left: number;
  /** Milliseconds until all of them are back. */
  readonly wholeInMs: number;
};

/** How much of a rate limit is left after its state was brought to `theoreticalArrivalMs` by `takeFromRateLimit` (K5). */
export function rateLimitState(limit: RateLimit, theoreticalArrivalMs: number, nowMs: number): RateLimitState {
  const windowMs = limit.perSeconds * 1000;
  const spacingMs = windowMs / limit.requests;
  const wholeInMs = Math.max(0, theoreticalArrivalMs - nowMs);
  // The same half spacing of tolerance as when taking: what is told as left is let through.
  const left = Math.max(0, Math.floor((windowMs - wholeInMs) / spacingMs + 0.5));
  return { limit, left, wholeInMs };
}

/**
 * One request against a rate limit by the generic cell rate algorithm (K5): `theoreticalArrivalMs` is the only state,
 * 0 (or anything earlier) for a key that was never used. A request that is refused changes nothing. Hand in a counter that starts small (the
 * monotonic clock): added to milliseconds since 1970, spacings below a millisecond drown in rounding.
 */
export function takeFromRateLimit(
  limit: RateLimit,
  theoreticalArrivalMs: number,
  nowMs: number,
): { readonly isAllowed: boolean; readonly theoreticalArrivalMs: number; readonly retryAfterMs: number } {
  const windowMs = limit.perSeconds * 1000;
  const spacingMs = windowMs / limit.requests;
  // A stored arrival beyond one window comes from a clock that has gone back, or from a wider limit, since. It would refuse
  // until the clock is there again; so this one request is let through and the state starts from here.
  const isFromElsewhere = theoreticalArrivalMs > nowMs + windowMs + spacingMs / 2;
  const arrival = isFromElsewhere ? nowMs + windowMs - spacingMs : Math.max(theoreticalArrivalMs, nowMs);
  const next = arrival + spacingMs;
  const retryAfterMs = next - nowMs - windowMs;
  // Half a spacing of tolerance: a sum of spacings is rarely exact, and the last request of a burst must not pay for that.
  if (retryAfterMs > spacingMs / 2)
    return { isAllowed: false, theoreticalArrivalMs, retryAfterMs: Math.ceil(retryAfterMs) };
  return { isAllowed: true, theoreticalArrivalMs: next, retryAfterMs: 0 };
}
