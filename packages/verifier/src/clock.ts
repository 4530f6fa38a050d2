import { type Instant, instant, raiseFloor, readDecisionTime, startDecisionTime } from '@claviger/core';
import type { VerifierClock } from './verifier.ts';

/**
 * The machine's clock for an embedded verifier. `now` is decision time (E9): it never goes back, and a forward jump counts
 * at once but for good only after ten minutes. A server hands in a clock with its stored floor instead.
 */
export function systemVerifierClock(floor: Instant = instant(0)): VerifierClock {
  const read = () => ({ wall: instant(Date.now()), monotonicMs: performance.now() });
  let state = startDecisionTime(floor, read());
  return {
    now: () => {
      const time = readDecisionTime(state, read());
      state = raiseFloor(time.state, time.storable);
      return time.now;
    },
    monotonicMs: () => performance.now(),
    after: (ms, callback) => {
      const timer = setTimeout(callback, ms);
      // A program that embeds a verifier may end while the verifier waits for its next poll.
      timer.unref();
      return () => clearTimeout(timer);
    },
  };
}
