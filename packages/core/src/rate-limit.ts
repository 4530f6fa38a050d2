/** A key's rate limit: so many requests in so many seconds (K5). */
export type RateLimit = { readonly requests: number; readonly perSeconds: number };

/**
 * One request against a rate limit by the generic cell rate algorithm: `theoreticalArrivalMs` is the only state,
 * 0 for a key that was never used. A request that is refused changes nothing.
 */
export function takeFromRateLimit(
  limit: RateLimit,
  theoreticalArrivalMs: number,
  nowMs: number,
): { readonly isAllowed: boolean; readonly theoreticalArrivalMs: number; readonly retryAfterMs: number } {
  const windowMs = limit.perSeconds * 1000;
  const spacingMs = windowMs / limit.requests;
  // A stored arrival beyond one window can only come from a clock that has gone back since; it must not lock the key out.
  const arrival = Math.min(Math.max(theoreticalArrivalMs, nowMs), nowMs + windowMs);
  const next = arrival + spacingMs;
  const retryAfterMs = next - nowMs - windowMs;
  // A thousandth of a millisecond of tolerance: the spacing is rarely a whole number.
  if (retryAfterMs > 0.001) return { isAllowed: false, theoreticalArrivalMs, retryAfterMs: Math.ceil(retryAfterMs) };
  return { isAllowed: true, theoreticalArrivalMs: next, retryAfterMs: 0 };
}
