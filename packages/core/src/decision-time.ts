import { type Instant, MINUTE_MS } from './time.ts';

/** A forward jump of the wall clock by more than this is an alarm (E9). */
export const JUMP_ALARM_MS = 5 * MINUTE_MS;
/** A jump must last this long before the floor follows it: a bad clock cannot end keys for good (E9). */
export const JUMP_TRUSTED_AFTER_MS = 10 * MINUTE_MS;

/** What a clock says: the wall clock, and a counter that never jumps. */
export type ClockReading = { readonly wall: Instant; readonly monotonicMs: number };

/** Where decision time stands. Keep one per process and replace it with each reading. */
export type DecisionTimeState = {
  /** The latest time stored with a commit or flush: decision time is never before it. */
  readonly floor: Instant;
  /** The last reading that is believed: wall time goes on from here at the pace of the monotonic counter. */
  readonly trusted: ClockReading;
  /** When (on the monotonic counter) an unconfirmed forward jump began, or null. */
  readonly jumpedAtMs: number | null;
};

/** One reading, judged. */
export type DecisionTime = {
  readonly state: DecisionTimeState;
  /** The time to decide by: max(wall clock, floor) (E9). */
  readonly now: Instant;
  /** The time to store with a commit: `now`, unless an unconfirmed jump holds it back. */
  readonly storable: Instant;
  /** True while a forward jump is unconfirmed. */
  readonly isJumping: boolean;
};

/** The state at the start of a process, from the stored floor and a first reading. */
export function startDecisionTime(floor: Instant, reading: ClockReading): DecisionTimeState {
  return { floor, trusted: reading, jumpedAtMs: null };
}

/** Judges a reading (E9): a clock that goes back revives nothing, a jump ahead is obeyed but not yet stored. */
export function readDecisionTime(state: DecisionTimeState, reading: ClockReading): DecisionTime {
  const elapsedMs = reading.monotonicMs - state.trusted.monotonicMs;
  const expected = (state.trusted.wall + elapsedMs) as Instant;
  const isAhead = reading.wall - expected > JUMP_ALARM_MS;
  const jumpedAtMs = isAhead ? (state.jumpedAtMs ?? reading.monotonicMs) : null;
  const isConfirmed = jumpedAtMs !== null && reading.monotonicMs - jumpedAtMs >= JUMP_TRUSTED_AFTER_MS;
  const now = latest(reading.wall, state.floor);
  if (isAhead && !isConfirmed) {
    const storable = latest(state.floor, expected);
    return { state: { floor: state.floor, trusted: state.trusted, jumpedAtMs }, now, storable, isJumping: true };
  }
  return { state: { floor: state.floor, trusted: reading, jumpedAtMs: null }, now, storable: now, isJumping: false };
}

/** Raises the floor to a time that was stored; it never sinks. */
export function raiseFloor(state: DecisionTimeState, stored: Instant): DecisionTimeState {
  return stored > state.floor ? { ...state, floor: stored } : state;
}

function latest(a: Instant, b: Instant): Instant {
  return a > b ? a : b;
}
