import { hasExpired, type KeyFacts } from './key-status.ts';
import { REMINDER_GATHER_MS, REMINDER_LAST_STEP_MS, REMINDER_LONG_WAIT_MS, REMINDER_WAIT_MS } from './limits.ts';
import { DAY_MS, type Instant, plusMs } from './time.ts';

/** When owners are told that a key expires, as the account has set it (R1, R4). */
export type ReminderSteps = { readonly reminderDays: number; readonly reminderSteps: readonly number[] };

/** A key as reminders see it. */
export type RemindedKey = Pick<KeyFacts, 'expiresAt' | 'forcedExpiry'> & {
  /** The shortest step that was intended for this expiry and owner; null when none was. */
  readonly remindedStepDays: number | null;
};

/** A reminder that is due: its step, and the time that is truly left. */
export type DueReminder = { readonly stepDays: number; readonly remainingMs: number };

/**
 * The steps that have an effect, longest first: the period itself, and the further steps that are shorter (R2, R4).
 * A step that is not shorter than the period has none.
 */
export function reminderStepsInForce({ reminderDays, reminderSteps }: ReminderSteps): readonly number[] {
  const shorter = reminderSteps.filter((days) => days < reminderDays);
  return [...new Set([reminderDays, ...shorter])].toSorted((a, b) => b - a);
}

/**
 * Milliseconds before expiry from which a step is due. Step 0, "the day of expiry", is the last half day: nothing is sent
 * once a key has expired (R7), and a whole day would be step 1.
 */
export function reminderSpanMs(stepDays: number): number {
  return stepDays === 0 ? REMINDER_LAST_STEP_MS : stepDays * DAY_MS;
}

/**
 * The reminder that is due now, or null. Only the latest step that was reached counts: one that passed unsent is never
 * made up for (R5), and whoever was told of a step is never told of it or an earlier one again, whatever the settings
 * become (R4). Due means at or below the step's span (R2); at the instant of expiry and after a forced end nothing is (R7).
 */
export function dueReminder(key: RemindedKey, settings: ReminderSteps, now: Instant): DueReminder | null {
  if (key.forcedExpiry !== null || key.expiresAt === null || hasExpired(key.expiresAt, now)) return null;
  const remainingMs = key.expiresAt - now;
  const stepDays = reminderStepsInForce(settings).findLast((days) => remainingMs <= reminderSpanMs(days));
  if (stepDays === undefined) return null;
  const isNews = key.remindedStepDays === null || stepDays < key.remindedStepDays;
  return isNews ? { stepDays, remainingMs } : null;
}

/** The next step for a key that was told of `remindedStepDays` (null: of none), or null when that was the last. */
export function nextReminderStep(remindedStepDays: number | null, settings: ReminderSteps): number | null {
  const steps = reminderStepsInForce(settings);
  return steps.find((days) => remindedStepDays === null || days < remindedStepDays) ?? null;
}

/** What decides when a mail with reminders leaves, beside the reminder. */
export type ReminderRound = {
  readonly now: Instant;
  /** When the last mail of this step to this recipient was to leave; null when there was none. */
  readonly previousLeft: Instant | null;
  /** Whether more keys are due at this moment than were looked at yet. */
  readonly isMoreToCome: boolean;
};

/**
 * When the mail with a reminder should leave (R6). The first of its step to a recipient waits a moment for others; those
 * that come after it are gathered until the round is over: an hour after the last mail for keys that were due when they
 * were made, a day for all others. Nobody is kept waiting for longer than a quarter of the time that is left.
 */
export function reminderLeavesAt(
  reminder: DueReminder & { readonly isDueSinceMade: boolean },
  { now, previousLeft, isMoreToCome }: ReminderRound,
): Instant {
  const soon = plusMs(now, isMoreToCome ? REMINDER_LONG_WAIT_MS : REMINDER_WAIT_MS);
  if (previousLeft === null) return soon;
  const roundMs = reminder.isDueSinceMade ? REMINDER_GATHER_MS : DAY_MS;
  const gatherMs = Math.min(roundMs, Math.floor(reminder.remainingMs / 4));
  // A mail that left earlier than was planned may have said so of a time still to come: the round starts now at the latest.
  return latest(soon, plusMs(earliest(previousLeft, now), gatherMs));
}

function latest(a: Instant, b: Instant): Instant {
  return a > b ? a : b;
}

function earliest(a: Instant, b: Instant): Instant {
  return a < b ? a : b;
}
