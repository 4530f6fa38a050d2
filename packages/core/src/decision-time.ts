import { type Instant, MINUTE_MS, plusMs } from './time.ts';

/** A forward jump of the wall clock by more than this is an alarm (E9). */
export const JUMP_ALARM_MS = 5 * MINUTE_MS;
/** A jump must last this long before the floor follows it: a bad clock cannot end keys for good (E9). */
export const JUMP_TRUSTED_AFTER_MS = 10 * MINUTE_MS;

/** What a clock says: the wall clock, and a counter that never jumps. */
export type ClockReading = { readonly wall: Instant; readonly monotonicMs: number };

/** A forward jump that is not yet believed. */
export type ClockJump = {
  /** The reading at which it began. */
  readonly from: ClockReading;
  /** True when the process found the clock ahead at its start: a jump, or it was merely off for a while. */
  readonly isSinceStart: boolean;
};

/** Where decision time stands. Keep one per process and replace it with each reading. */
export type DecisionTimeState = {
  /** Decision time is never before it: the latest time stored with a commit or flush, or believed by this process. */
  readonly floor: Instant;
  /** The last reading that is believed: wall time goes on from here at the pace of the monotonic counter. */
  readonly trusted: ClockReading;
  /** The unconfirmed forward jump, or null. */
  readonly jump: ClockJump | null;
};

/** One reading, judged. */
export type DecisionTime = {
  readonly state: DecisionTimeState;
  /** The time to decide by: max(wall clock, floor) (E9). */
  readonly now: Instant;
  /** The time to store with a commit: `now`, unless an unconfirmed jump holds it back. */
  readonly storable: Instant;
  /** True while a forward jump that happened in this process is unconfirmed: an alarm. */
  readonly isJumping: boolean;
};

/**
 * The state at the start of a process, from the stored floor (0 when nothing was ever stored) and a first reading.
 * A clock far ahead of the floor is obeyed, but must prove itself like any jump: a machine that starts with a bad clock
 * and stores it would end keys for good (E9).
 */
export function startDecisionTime(floor: Instant, reading: ClockReading): DecisionTimeState {
  const isAhead = floor !== 0 && reading.wall - floor > JUMP_ALARM_MS;
  if (!isAhead) return { floor, trusted: reading, jump: null };
  const trusted = { wall: floor, monotonicMs: reading.monotonicMs };
  return { floor, trusted, jump: { from: reading, isSinceStart: true } };
}

/** Judges a reading (E9): a clock that goes back revives nothing, a jump ahead is obeyed but not yet stored. */
export function readDecisionTime(state: DecisionTimeState, reading: ClockReading): DecisionTime {
  const now = latest(reading.wall, state.floor);
  const expected = latest(continued(state.trusted, reading), state.floor);
  if (reading.wall - expected <= JUMP_ALARM_MS) return believed(reading, now);
  const jump = jumpAt(state, reading);
  if (reading.monotonicMs - jump.from.monotonicMs >= JUMP_TRUSTED_AFTER_MS) return believed(reading, now);
  return { state: { ...state, jump }, now, storable: expected, isJumping: !jump.isSinceStart };
}

/** Raises the floor to a time that was stored; it never sinks. */
export function raiseFloor(state: DecisionTimeState, stored: Instant): DecisionTimeState {
  return stored > state.floor ? { ...state, floor: stored } : state;
}

function believed(reading: ClockReading, now: Instant): DecisionTime {
  return { state: { floor: now, trusted: reading, jump: null }, now, storable: now, isJumping: false };
}

/** The jump that a reading belongs to: the one under way, or a new one, which has to last its own ten minutes. */
function jumpAt(state: DecisionTimeState, reading: ClockReading): ClockJump {
  if (state.jump !== null) {
    const driftMs = Math.abs(reading.wall - continued(state.jump.from, reading));
    if (driftMs <= JUMP_ALARM_MS) return state.jump;
  }
  return { from: reading, isSinceStart: false };
}

/** What the wall clock should say at `reading`, had it gone on steadily. The counter has fractions, an instant has none. */
function continued(from: ClockReading, reading: ClockReading): Instant {
  return plusMs(from.wall, Math.floor(reading.monotonicMs - from.monotonicMs));
}

function latest(a: Instant, b: Instant): Instant {
  return a > b ? a : b;
}
