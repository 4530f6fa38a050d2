import { type Instant, instant } from '@claviger/core';
import type { VerifierClock } from '../verifier.ts';

/** A clock that moves only by hand. */
export type HandClock = VerifierClock & {
  /** Lets time pass: timers that come due are called, in order. */
  pass(ms: number): void;
  /** Jumps the wall clock alone. */
  jump(ms: number): void;
  /** Timers that are set. */
  timers(): number;
};

/** A clock that stands at a moment of the year 2026. */
export function createHandClock(start: Instant = instant(1_780_000_000_000)): HandClock {
  let wall: number = start;
  let monotonicMs = 0;
  const timers = new Set<{ readonly atMs: number; readonly callback: () => void }>();

  return {
    now: () => instant(wall),
    monotonicMs: () => monotonicMs,
    after: (ms, callback) => {
      const timer = { atMs: monotonicMs + ms, callback };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    pass: (ms) => {
      const end = monotonicMs + ms;
      for (;;) {
        const due = [...timers].filter((timer) => timer.atMs <= end).toSorted((a, b) => a.atMs - b.atMs)[0];
        if (due === undefined) break;
        timers.delete(due);
        wall += Math.max(0, due.atMs - monotonicMs);
        monotonicMs = Math.max(monotonicMs, due.atMs);
        due.callback();
      }
      wall += end - monotonicMs;
      monotonicMs = end;
    },
    jump: (ms) => {
      wall += ms;
    },
    timers: () => timers.size,
  };
}
