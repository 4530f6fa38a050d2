import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type ClockReading,
  type DecisionTime,
  type DecisionTimeState,
  JUMP_ALARM_MS,
  JUMP_TRUSTED_AFTER_MS,
  raiseFloor,
  readDecisionTime,
  startDecisionTime,
} from './decision-time.ts';
import { DAY_MS, type Instant, instant, MINUTE_MS } from './time.ts';

const NOON = instant(1_768_478_400_000);
const NEVER_STORED = instant(0);

/** A reading `afterMs` after the start, by a wall clock that is `offMs` off. */
const reading = (afterMs: number, offMs = 0): ClockReading => ({
  wall: instant(NOON + afterMs + offMs),
  monotonicMs: 5_000 + afterMs,
});

/** Reads a script of [milliseconds after the start, how far the wall clock is off] and answers the last judgement. */
function play(state: DecisionTimeState, ...script: readonly (readonly [number, number])[]): DecisionTime {
  let current = state;
  let judged: DecisionTime | null = null;
  for (const [afterMs, offMs] of script) {
    judged = readDecisionTime(current, reading(afterMs, offMs));
    current = judged.state;
  }
  if (judged === null) throw new Error('an empty script');
  return judged;
}

const started = () => startDecisionTime(NEVER_STORED, reading(0));
const after = (ms: number) => NOON + ms;

describe('a steady clock', () => {
  test('is believed and may be stored (E9)', () => {
    expect(play(started(), [1_000, 0])).toMatchObject({ now: after(1_000), storable: after(1_000), isJumping: false });
  });

  test('is believed over days of silence: time goes on between readings (E9)', () => {
    expect(play(started(), [3 * DAY_MS, 0])).toMatchObject({ storable: after(3 * DAY_MS), isJumping: false });
  });
});

describe('a clock that goes back', () => {
  test.each([60 * MINUTE_MS, DAY_MS, 1])('by %i ms: decision time stands still at the floor (E9)', (backMs) => {
    const state = raiseFloor(started(), instant(after(2_000)));
    expect(play(state, [2_000, -backMs])).toMatchObject({ now: after(2_000), storable: after(2_000) });
  });

  test('revives nothing even before anything was stored: what was once decided by stays the least (E9)', () => {
    expect(play(started(), [2_000, 0], [2_001, -DAY_MS]).now).toBe(after(2_000));
  });

  test('goes on as soon as it has caught up (E9)', () => {
    const { now, isJumping } = play(started(), [2_000, 0], [3_000, -1_500], [4_000, -1_500], [9_000, -1_500]);
    expect({ now, isJumping }).toEqual({ now: after(7_500), isJumping: false });
  });

  test('is no alarm when it is set right again (E9)', () => {
    const judged = play(started(), [2_000, 0], [3_000, -DAY_MS], [4_000, 0]);
    expect(judged).toMatchObject({ now: after(4_000), storable: after(4_000), isJumping: false });
  });
});

describe('a jump ahead', () => {
  test.each([
    [JUMP_ALARM_MS, false],
    [JUMP_ALARM_MS + 1, true],
  ])('of %i ms is an alarm: %j (E9)', (jumpMs, isJumping) => {
    const judged = play(started(), [1_000, jumpMs]);
    expect(judged.isJumping).toBe(isJumping);
    expect(judged.now).toBe(after(1_000 + jumpMs));
    expect(judged.storable).toBe(after(isJumping ? 1_000 : 1_000 + jumpMs));
  });

  test.each([
    [JUMP_TRUSTED_AFTER_MS - 1, true],
    [JUMP_TRUSTED_AFTER_MS, false],
  ])('is obeyed at once; after %i ms it is held back: %j (E9)', (lastedMs, isHeld) => {
    const judged = play(started(), [1_000, DAY_MS], [1_000 + lastedMs, DAY_MS]);
    expect(judged.now).toBe(after(1_000 + lastedMs + DAY_MS));
    expect(judged.storable).toBe(after(1_000 + lastedMs + (isHeld ? 0 : DAY_MS)));
    expect(judged.isJumping).toBe(isHeld);
  });

  test('that goes away leaves no trace (E9)', () => {
    const judged = play(started(), [1_000, DAY_MS], [60_000, DAY_MS], [61_000, 0]);
    expect(judged).toEqual(play(started(), [61_000, 0]));
  });

  test('that goes away and comes back has to last its ten minutes anew (E9)', () => {
    const judged = play(
      started(),
      [0, DAY_MS],
      [9 * MINUTE_MS, DAY_MS],
      [9.5 * MINUTE_MS, 0],
      [11 * MINUTE_MS, DAY_MS],
    );
    expect(judged).toMatchObject({ isJumping: true, storable: after(11 * MINUTE_MS) });
  });

  test('on top of a jump has to last its own ten minutes (E9)', () => {
    const small = 10 * MINUTE_MS;
    const judged = play(started(), [0, small], [9 * MINUTE_MS, DAY_MS], [11 * MINUTE_MS, DAY_MS]);
    expect(judged).toMatchObject({ isJumping: true, storable: after(11 * MINUTE_MS) });
    const later = play(started(), [0, small], [9 * MINUTE_MS, DAY_MS], [19 * MINUTE_MS, DAY_MS]);
    expect(later).toMatchObject({ isJumping: false, storable: after(19 * MINUTE_MS + DAY_MS) });
  });

  test('is stored in whole milliseconds, though the counter has fractions', () => {
    const state = startDecisionTime(NEVER_STORED, { wall: NOON, monotonicMs: 0.25 });
    const judged = readDecisionTime(state, { wall: instant(NOON + DAY_MS), monotonicMs: 1_000.125 });
    expect(judged.storable).toBe(after(999));
  });
});

describe('the start of a process', () => {
  test('a first start believes its clock', () => {
    expect(play(started(), [0, 0])).toMatchObject({ storable: NOON, isJumping: false });
  });

  test('behind its floor, decision time is the floor (E9)', () => {
    const state = startDecisionTime(instant(after(DAY_MS)), reading(0));
    expect(play(state, [1, 0])).toMatchObject({ now: after(DAY_MS), storable: after(DAY_MS), isJumping: false });
  });

  test('far ahead of its floor, the clock is obeyed, but stored only after ten minutes: no alarm, it may have been off (E9)', () => {
    const floor = instant(after(-DAY_MS));
    const state = startDecisionTime(floor, reading(0));
    const held = { now: after(1_000), storable: floor + 1_000, isJumping: false };
    expect(play(state, [1_000, 0])).toMatchObject(held);
    expect(play(state, [1_000, 0], [JUMP_TRUSTED_AFTER_MS - 1, 0]).storable).toBe(floor + JUMP_TRUSTED_AFTER_MS - 1);
    expect(play(state, [1_000, 0], [JUMP_TRUSTED_AFTER_MS, 0]).storable).toBe(after(JUMP_TRUSTED_AFTER_MS));
  });

  test('a little ahead of its floor it simply goes on (E9)', () => {
    const state = startDecisionTime(instant(after(-JUMP_ALARM_MS)), reading(0));
    expect(play(state, [1, 0]).storable).toBe(after(1));
  });
});

describe('laws', () => {
  const script = fc.array(
    fc.tuple(
      fc.integer({ min: 0, max: 15 * MINUTE_MS }),
      fc.constantFrom(0, 0, 0, -DAY_MS, -60 * MINUTE_MS, 4 * MINUTE_MS, 6 * MINUTE_MS, DAY_MS),
    ),
    { minLength: 1, maxLength: 30 },
  );

  /** Plays steps, storing what may be stored after each, and answers every judgement with the floor it leaves. */
  function judgements(steps: readonly (readonly [number, number])[], first: DecisionTimeState) {
    let state = first;
    let afterMs = 0;
    return steps.map(([stepMs, offMs]) => {
      afterMs += stepMs;
      const judged = readDecisionTime(state, reading(afterMs, offMs));
      state = raiseFloor(judged.state, judged.storable);
      return { ...judged, wall: reading(afterMs, offMs).wall, floor: state.floor };
    });
  }

  test('decision time is never before the wall clock nor before any stored time, and the floor never sinks (E9)', () => {
    fc.assert(
      fc.property(script, fc.integer({ min: -2 * DAY_MS, max: DAY_MS }), (steps, floorOff) => {
        let floor: Instant = instant(NOON + floorOff);
        for (const judged of judgements(steps, startDecisionTime(floor, reading(0)))) {
          expect(judged.now).toBe(Math.max(judged.wall, floor));
          expect(judged.storable).toBeGreaterThanOrEqual(floor);
          expect(judged.storable).toBeLessThanOrEqual(judged.now);
          expect(Number.isInteger(judged.storable)).toBe(true);
          expect(judged.floor).toBeGreaterThanOrEqual(floor);
          floor = judged.floor;
        }
      }),
    );
  });

  test('short bad spells never get into the floor (E9)', () => {
    const spells = fc.array(fc.tuple(fc.integer({ min: 0, max: 4 * MINUTE_MS }), fc.boolean()), { maxLength: 40 });
    fc.assert(
      fc.property(spells, (steps) => {
        // Every bad reading is followed by a good one, so no spell lasts ten minutes.
        const readings = steps.flatMap(([stepMs, isBad]) =>
          isBad
            ? ([
                [stepMs, DAY_MS],
                [stepMs, 0],
              ] as const)
            : ([[stepMs, 0]] as const),
        );
        let trueTime = 0;
        for (const [index, judged] of judgements(readings, started()).entries()) {
          trueTime += readings[index]?.[0] ?? 0;
          expect(judged.floor).toBeLessThanOrEqual(after(trueTime));
        }
      }),
    );
  });

  test('raising the floor to an earlier time changes nothing', () => {
    const state = raiseFloor(started(), instant(after(10)));
    expect(raiseFloor(state, instant(after(9)))).toBe(state);
  });
});
