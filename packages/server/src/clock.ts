import {
  type ClockReading,
  type DecisionTimeState,
  type Instant,
  instant,
  raiseFloor,
  readDecisionTime,
  startDecisionTime,
} from '@claviger/core';

/** The outside world's time: a wall clock that may jump, a counter that never does, and timers. */
export type Clock = {
  read(): ClockReading;
  /** Calls back once after `ms`; returns the canceller. Never keeps the process alive. */
  after(ms: number, callback: () => void): () => void;
};

/** Decision time: max(wall clock, stored floor), so that a clock that goes back revives nothing (E9). */
export type DecisionClock = {
  now(): Instant;
  /** The time that may be stored with a commit: held back while a forward jump is unconfirmed. */
  storable(): Instant;
  /** True while a forward jump that happened under this process is unconfirmed: what cannot be taken back should wait. */
  isJumping(): boolean;
  /** Tells that a time was stored with a commit or flush: decision time is never before it again. */
  raise(stored: Instant): void;
  monotonicMs(): number;
  after(ms: number, callback: () => void): () => void;
};

/** The machine's own clock. */
export function systemClock(): Clock {
  return {
    read: () => ({ wall: instant(Date.now()), monotonicMs: performance.now() }),
    after: (ms, callback) => {
      const timer = setTimeout(callback, ms);
      timer.unref();
      return () => clearTimeout(timer);
    },
  };
}

/** Decision time over a clock. `onJump` is told when a forward jump begins and when it is over: it is an alarm (E9). */
export function createDecisionClock(clock: Clock, floor: Instant, onJump: (isJumping: boolean) => void): DecisionClock {
  let state: DecisionTimeState = startDecisionTime(floor, clock.read());
  let wasJumping = false;
  const read = () => {
    const time = readDecisionTime(state, clock.read());
    state = time.state;
    if (time.isJumping !== wasJumping) {
      wasJumping = time.isJumping;
      onJump(wasJumping);
    }
    return time;
  };
  return {
    now: () => read().now,
    storable: () => read().storable,
    isJumping: () => read().isJumping,
    raise: (stored) => {
      state = raiseFloor(state, stored);
    },
    monotonicMs: () => clock.read().monotonicMs,
    after: (ms, callback) => clock.after(ms, callback),
  };
}
