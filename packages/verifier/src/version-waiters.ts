import type { FeedPosition } from '@claviger/contract';
import type { Version } from '@claviger/core';
import { isReached } from './positions.ts';
import type { VerifierClock } from './verifier.ts';

/** Callers that wait for a version to be applied (D7). */
export type VersionWaiters = {
  /** True once the version is applied, false after `timeoutMs` or as soon as it is clear that it never will be. */
  wait(version: Version, timeoutMs: number): Promise<boolean>;
  /** Looks again at where the replica stands. */
  look(): void;
};

type Waiter = { readonly version: Version; readonly end: (hasReached: boolean) => void };

/** Waiters on a position. */
export function createVersionWaiters(
  clock: Pick<VerifierClock, 'after'>,
  position: () => FeedPosition | null,
): VersionWaiters {
  const waiting = new Set<Waiter>();

  function wait(version: Version, timeoutMs: number): Promise<boolean> {
    const at = position();
    if (at !== null && (at.epoch !== version.epoch || at.n >= version.n || timeoutMs <= 0)) {
      return Promise.resolve(isReached(at, version));
    }
    return new Promise((resolve) => {
      const waiter: Waiter = {
        version,
        end: (hasReached) => {
          waiting.delete(waiter);
          cancel();
          resolve(hasReached);
        },
      };
      const cancel = clock.after(timeoutMs, () => waiter.end(false));
      waiting.add(waiter);
    });
  }

  function look(): void {
    const at = position();
    if (at === null) return;
    for (const waiter of waiting) {
      if (isReached(at, waiter.version)) waiter.end(true);
      else if (at.epoch !== waiter.version.epoch) waiter.end(false);
    }
  }

  return { wait, look };
}
