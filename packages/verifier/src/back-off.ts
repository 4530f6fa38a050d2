import type { VerifierClock } from './verifier.ts';

/** Holds back what must not be done too often: the first time is free, each further one waits longer, with jitter. */
export type BackOff = {
  /** Milliseconds until it may be done again; 0 is now. */
  waitMs(): number;
  /** Says that it is being done. */
  note(): void;
};

/** A back-off from `firstMs`, doubling up to `longestMs`, forgotten after twice that without use. */
export function createBackOff(
  clock: Pick<VerifierClock, 'monotonicMs'>,
  bounds: { readonly firstMs: number; readonly longestMs: number },
  jitter: () => number,
): BackOff {
  let lastMs = Number.NEGATIVE_INFINITY;
  let delayMs = 0;
  let notBeforeMs = Number.NEGATIVE_INFINITY;
  return {
    waitMs: () => Math.max(0, notBeforeMs - clock.monotonicMs()),
    note: () => {
      const nowMs = clock.monotonicMs();
      const isForgotten = nowMs - lastMs > 2 * bounds.longestMs;
      delayMs = isForgotten ? bounds.firstMs : Math.min(Math.max(bounds.firstMs, delayMs * 2), bounds.longestMs);
      lastMs = nowMs;
      // Half fixed, half drawn: verifiers that lost their feed together do not all come back together.
      notBeforeMs = nowMs + delayMs * (0.5 + jitter() / 2);
    },
  };
}
