import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type RateLimit, rateLimitState, takeFromRateLimit } from './rate-limit.ts';

/** Runs requests at the given times and answers the times of those that were allowed. */
function allowed(
  limit: RateLimit,
  times: readonly number[],
  first = 0,
): { readonly times: number[]; readonly state: number } {
  let state = first;
  const granted: number[] = [];
  for (const now of times) {
    const taken = takeFromRateLimit(limit, state, now);
    state = taken.theoreticalArrivalMs;
    if (taken.isAllowed) granted.push(now);
  }
  return { times: granted, state };
}

const limits = fc.record({ requests: fc.integer({ min: 1, max: 50 }), perSeconds: fc.integer({ min: 1, max: 20 }) });
const steps = fc.array(
  fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 3_000 }), fc.double({ min: 0, max: 50, noNaN: true })),
  {
    minLength: 1,
    maxLength: 200,
  },
);
const timesOf = (gaps: readonly number[], start = 10_000) => {
  let now = start;
  return gaps.map((gap) => (now += gap));
};

describe('a burst', () => {
  test.each([1, 2, 3, 7, 60, 600, 999, 1_000, 10_000])(
    'of exactly %i requests passes, the next one does not (K5)',
    (requests) => {
      for (const perSeconds of [1, 7, 60, 86_400]) {
        const times = Array<number>(requests + 5).fill(123_456.789);
        expect(allowed({ requests, perSeconds }, times).times).toHaveLength(requests);
      }
    },
  );

  test.each([1, 3, 7, 600, 999])('of exactly %i passes also by milliseconds since 1970 (K5)', (requests) => {
    const times = Array<number>(requests + 5).fill(1_768_478_400_000);
    expect(allowed({ requests, perSeconds: 1 }, times).times).toHaveLength(requests);
  });

  test('after a window of silence there is a whole burst again (K5)', () => {
    const limit = { requests: 5, perSeconds: 10 };
    const { state } = allowed(limit, Array<number>(9).fill(1_000));
    expect(allowed(limit, Array<number>(9).fill(11_000), state).times).toHaveLength(5);
  });
});

describe('laws', () => {
  test('in no stretch of time pass more than the burst and what the rate adds (K5)', () => {
    fc.assert(
      fc.property(limits, steps, (limit, gaps) => {
        const { times } = allowed(limit, timesOf(gaps));
        const spacingMs = (limit.perSeconds * 1_000) / limit.requests;
        for (const [index, from] of times.entries()) {
          for (const [more, until] of times.slice(index).entries()) {
            // The half is the tolerance for sums that are not exact.
            expect(more + 1).toBeLessThanOrEqual(limit.requests + (until - from) / spacingMs + 0.5 + 1e-6);
          }
        }
      }),
    );
  });

  test('whoever keeps to the rate is never refused (K5)', () => {
    fc.assert(
      fc.property(limits, fc.integer({ min: 1, max: 300 }), (limit, count) => {
        const spacingMs = (limit.perSeconds * 1_000) / limit.requests;
        const times = Array.from({ length: count }, (_, index) => 5_000 + index * spacingMs);
        expect(allowed(limit, times).times).toHaveLength(count);
      }),
    );
  });

  test('a refused request changes nothing, and coming back after the told time is allowed (K5)', () => {
    fc.assert(
      fc.property(limits, steps, (limit, gaps) => {
        const times = timesOf(gaps);
        const { state } = allowed(limit, times);
        const now = times.at(-1) ?? 0;
        const taken = takeFromRateLimit(limit, state, now);
        if (taken.isAllowed) return;
        expect(taken.theoreticalArrivalMs).toBe(state);
        expect(taken.retryAfterMs).toBeGreaterThan(0);
        expect(Number.isInteger(taken.retryAfterMs)).toBe(true);
        expect(takeFromRateLimit(limit, state, now + taken.retryAfterMs).isAllowed).toBe(true);
      }),
    );
  });

  test('what is told as left is let through, and no request more; then all is back when it was said (K5)', () => {
    fc.assert(
      fc.property(limits, steps, (limit, gaps) => {
        const times = timesOf(gaps);
        const { state } = allowed(limit, times);
        const now = times.at(-1) ?? 0;
        const { left, wholeInMs } = rateLimitState(limit, state, now);
        const burst = Array<number>(left + 1).fill(now);
        expect(allowed(limit, burst, state).times).toHaveLength(left);
        expect(rateLimitState(limit, state, now + wholeInMs)).toEqual({ limit, left: limit.requests, wholeInMs: 0 });
      }),
    );
  });

  test('a clock that goes back never locks a key out: it goes on at its rate (K5)', () => {
    fc.assert(
      fc.property(limits, fc.integer({ min: 1, max: 10 ** 9 }), (limit, backMs) => {
        const start = 2 * 10 ** 9;
        const { state } = allowed(limit, Array<number>(limit.requests + 1).fill(start));
        const spacingMs = (limit.perSeconds * 1_000) / limit.requests;
        const count = 5;
        const times = Array.from({ length: count }, (_, index) => start - backMs + (index + 2) * (spacingMs + 1));
        expect(allowed(limit, times, state).times).toHaveLength(count);
      }),
    );
  });

  test('nor does it give a second burst (K5)', () => {
    const limit = { requests: 5, perSeconds: 10 };
    const { state } = allowed(limit, Array<number>(9).fill(100_000));
    expect(allowed(limit, Array<number>(9).fill(50_000), state).times).toHaveLength(1);
  });

  test('a limit that was made tighter holds at once, without locking out (K5)', () => {
    const wide = { requests: 1, perSeconds: 86_400 };
    const { state } = allowed(wide, [1_000]);
    expect(allowed({ requests: 2, perSeconds: 1 }, [1_000, 1_001, 1_600], state).times).toEqual([1_000, 1_600]);
  });
});
