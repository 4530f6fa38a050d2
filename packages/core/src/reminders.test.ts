import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type DueReminder,
  dueReminder,
  nextReminderStep,
  reminderLeavesAt,
  reminderSpanMs,
  type ReminderSteps,
  reminderStepsInForce,
} from './reminders.ts';
import { DAY_MS, type Instant, instant, MINUTE_MS, plusMs } from './time.ts';

const EXPIRY = instant(Date.UTC(2028, 1, 29, 12));
const DEFAULT: ReminderSteps = { reminderDays: 30, reminderSteps: [7, 1, 0] };
const HALF_DAY_MS = DAY_MS / 2;
const HOUR_MS = 60 * MINUTE_MS;

const before = (ms: number): Instant => instant(EXPIRY - ms);
const keyOf = (remindedStepDays: number | null = null) => ({ expiresAt: EXPIRY, forcedExpiry: null, remindedStepDays });
const stepAt = (ms: number, settings = DEFAULT, reminded: number | null = null): number | null =>
  dueReminder(keyOf(reminded), settings, before(ms))?.stepDays ?? null;

describe('steps', () => {
  test.each([
    [30 * DAY_MS + 1, null],
    [30 * DAY_MS, 30],
    [7 * DAY_MS + 1, 30],
    [7 * DAY_MS, 7],
    [DAY_MS + 1, 7],
    [DAY_MS, 1],
    [HALF_DAY_MS + 1, 1],
    [HALF_DAY_MS, 0],
    [1, 0],
    [0, null],
    [-1, null],
  ])('with %i ms left, the latest step is %s (R2, R4, R5, R7)', (ms, step) => {
    expect(stepAt(ms)).toBe(step);
  });

  test('the time that is left is the true one, whatever the step (R5)', () => {
    expect(dueReminder(keyOf(), DEFAULT, before(3 * DAY_MS + 5))).toEqual({ stepDays: 7, remainingMs: 3 * DAY_MS + 5 });
  });

  test.each([
    [{ reminderDays: 30, reminderSteps: [] }, [30]],
    [{ reminderDays: 7, reminderSteps: [30, 7, 1] }, [7, 1]],
    [{ reminderDays: 1, reminderSteps: [7, 1, 0] }, [1, 0]],
    [{ reminderDays: 90, reminderSteps: [0, 5, 5, 60] }, [90, 60, 5, 0]],
  ])('steps that are not shorter than the period have no effect: %j (R4)', (settings, steps) => {
    expect(reminderStepsInForce(settings)).toEqual(steps);
  });

  test('whoever was told of a step is not told of it or an earlier one, whatever the settings become (R4)', () => {
    expect(stepAt(6 * DAY_MS, DEFAULT, 7)).toBeNull();
    expect(stepAt(6 * DAY_MS, { reminderDays: 60, reminderSteps: [20] }, 7)).toBeNull();
    expect(stepAt(6 * DAY_MS, { reminderDays: 60, reminderSteps: [6] }, 7)).toBe(6);
    expect(stepAt(40 * DAY_MS, { reminderDays: 60, reminderSteps: [] })).toBe(60);
  });

  test('nothing is due of keys that were ended or never expire (R7)', () => {
    expect(dueReminder({ ...keyOf(), forcedExpiry: { at: EXPIRY } }, DEFAULT, before(1))).toBeNull();
    expect(dueReminder({ ...keyOf(), expiresAt: null }, DEFAULT, before(1))).toBeNull();
  });
});

const settings: fc.Arbitrary<ReminderSteps> = fc.record({
  reminderDays: fc.integer({ min: 1, max: 90 }),
  reminderSteps: fc.array(fc.integer({ min: 0, max: 90 }), { maxLength: 10 }),
});
const reminded = fc.option(fc.integer({ min: 0, max: 90 }));
const remaining = fc.integer({ min: -DAY_MS, max: 91 * DAY_MS });

describe('laws', () => {
  test('however often and whenever it is looked, each step comes at most once and later steps later (R4, R5)', () => {
    const looks = fc.array(fc.record({ remaining, settings }), { maxLength: 40 });
    fc.assert(
      fc.property(looks, (unordered) => {
        // Time goes on; the settings may be others at every look.
        let told: number | null = null;
        for (const look of unordered.toSorted((a, b) => b.remaining - a.remaining)) {
          const due: DueReminder | null = dueReminder(keyOf(told), look.settings, before(look.remaining));
          if (due === null) continue;
          expect(look.remaining).toBeGreaterThan(0);
          expect(due.remainingMs).toBe(look.remaining);
          expect(due.remainingMs).toBeLessThanOrEqual(reminderSpanMs(due.stepDays));
          if (told !== null) expect(due.stepDays).toBeLessThan(told);
          told = due.stepDays;
        }
      }),
    );
  });

  test('only the latest step that was reached is due: no shorter one was reached as well (R5)', () => {
    fc.assert(
      fc.property(settings, reminded, remaining, (steps, told, ms) => {
        const due = dueReminder(keyOf(told), steps, before(ms));
        if (due === null) return;
        const shorter = reminderStepsInForce(steps).filter((days) => days < due.stepDays);
        expect(shorter.filter((days) => ms <= reminderSpanMs(days))).toEqual([]);
      }),
    );
  });

  test('a key is due exactly when its next step is reached: what the index is asked for', () => {
    fc.assert(
      fc.property(settings, reminded, remaining, (steps, told, ms) => {
        const next = nextReminderStep(told, steps);
        const isReached = ms > 0 && next !== null && ms <= reminderSpanMs(next);
        expect(dueReminder(keyOf(told), steps, before(ms)) !== null).toBe(isReached);
      }),
    );
  });
});

describe('when a mail leaves', () => {
  const NOW = before(30 * DAY_MS);
  const byTime = { stepDays: 30, remainingMs: 30 * DAY_MS, isDueSinceMade: false };
  const sinceMade = { stepDays: 30, remainingMs: 5 * DAY_MS, isDueSinceMade: true };
  const leaves = (reminder: typeof byTime, previousAgoMs: number | null, isMoreToCome = false): number => {
    const previousLeft = previousAgoMs === null ? null : instant(NOW - previousAgoMs);
    return reminderLeavesAt(reminder, { now: NOW, previousLeft, isMoreToCome }) - NOW;
  };

  test.each([
    ['the first waits ten seconds for others', sinceMade, null, 10_000],
    ['the first by time as well', byTime, null, 10_000],
    ['one made a minute later is gathered for an hour', sinceMade, MINUTE_MS, 59 * MINUTE_MS],
    ['an hour later the next may go', sinceMade, HOUR_MS, 10_000],
    ['by time, a round is a day', byTime, 6 * HOUR_MS, 18 * HOUR_MS],
    ['the day is over', byTime, DAY_MS, 10_000],
    ['on the last day nobody waits longer than a quarter', { ...byTime, remainingMs: DAY_MS }, 0, 6 * HOUR_MS],
    ['a mail that was planned for later has left by now', byTime, -5 * DAY_MS, DAY_MS],
  ])('%s (R6)', (_name, reminder, previousAgoMs, waits) => {
    expect(leaves(reminder, previousAgoMs)).toBe(waits);
  });

  test('it waits for all of many that are due at once, and leaves within a minute (R6)', () => {
    expect(leaves(byTime, null, true)).toBe(45_000);
  });

  test('a mail never leaves before it was intended, and always before the key expires if there is time (R2, R7)', () => {
    fc.assert(
      fc.property(fc.integer({ min: MINUTE_MS, max: 90 * DAY_MS }), fc.boolean(), remaining, (ms, isMade, ago) => {
        const reminder = { stepDays: 90, remainingMs: ms, isDueSinceMade: isMade };
        const at = reminderLeavesAt(reminder, { now: NOW, previousLeft: plusMs(NOW, -ago), isMoreToCome: false });
        expect(at - NOW).toBeGreaterThanOrEqual(10_000);
        expect(at - NOW).toBeLessThan(ms);
      }),
    );
  });
});
