import type { FeedPosition } from '@claviger/contract';
import type { Version } from '@claviger/core';
import { hasPassed, isNewer } from './positions.ts';
import type { VerifierDeps } from './verifier.ts';

/** Whether a replica may be decided by (D5). */
export type Freshness = {
  /** True within the staleness bound, and when every change that must be applied is. */
  isCurrent(): boolean;
  /** Says that at this reading of the monotonic counter the replica was current. */
  confirm(atMs: number): void;
  /** Not current until this version is applied (X1). */
  refuseUntil(version: Version): void;
  /** Not current until the next confirmation: what stands there turned out to be another history. */
  doubt(): void;
  /** Looks again at where the replica stands. */
  look(): void;
};

/** Freshness of what stands at a position; not current before the first confirmation. */
export function createFreshness(
  deps: Pick<VerifierDeps, 'clock' | 'stalenessMs'>,
  position: () => FeedPosition | null,
): Freshness {
  let confirmedAtMs = Number.NEGATIVE_INFINITY;
  let required: Version | null = null;
  return {
    // Written so that a clock that answers nonsense makes it stale: no comparison with NaN is true.
    isCurrent: () => required === null && deps.clock.monotonicMs() - confirmedAtMs <= deps.stalenessMs,
    confirm: (atMs) => {
      if (atMs > confirmedAtMs) confirmedAtMs = atMs;
    },
    refuseUntil: (version) => {
      if (hasPassed(position(), version)) return;
      if (required === null || isNewer(version, required)) required = version;
    },
    doubt: () => {
      confirmedAtMs = Number.NEGATIVE_INFINITY;
    },
    look: () => {
      if (required !== null && hasPassed(position(), required)) required = null;
    },
  };
}
