import type { RateLimitState } from '@claviger/core';

/** `ratelimit` and `ratelimit-policy`, both or none of them. */
export type RateLimitHeaders = Readonly<Record<string, string>>;

const NONE: RateLimitHeaders = {};
const STATE = /^"key";r=\d{1,16};t=\d{1,16}$/;
const POLICY = /^"key";q=\d{1,16};w=\d{1,16}$/;

/**
 * What is left of a key's rate limit, in the words of the RateLimit header fields for HTTP: `r` requests are left, and `t`
 * seconds from now all of the `q` in `w` seconds are back (K5).
 */
export function rateLimitHeaders(state: RateLimitState | null): RateLimitHeaders {
  if (state === null) return NONE;
  const { limit, left, wholeInMs } = state;
  return {
    ratelimit: `"key";r=${left};t=${Math.ceil(wholeInMs / 1000)}`,
    'ratelimit-policy': `"key";q=${limit.requests};w=${limit.perSeconds}`,
  };
}

/** The same from the answer of another verifier, to be passed on; whatever is none of these headers is not. */
export function rateLimitHeadersFrom(answer: Pick<Headers, 'get'>): RateLimitHeaders {
  const [ratelimit, policy] = [answer.get('ratelimit'), answer.get('ratelimit-policy')];
  if (ratelimit === null || policy === null || !STATE.test(ratelimit) || !POLICY.test(policy)) return NONE;
  return { ratelimit, 'ratelimit-policy': policy };
}
