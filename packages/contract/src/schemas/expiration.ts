import { REMINDER_DAYS_LONGEST, REMINDER_DAYS_SHORTEST, REMINDER_STEPS_MOST } from '@claviger/core';
import { z } from 'zod';
import { lifespanDays, userId, wholeNumber } from './fields.ts';

const lifespan = z
  .strictObject({
    lifespan_days: lifespanDays().describe(
      'Days from creation to expiry, 1 to 365, or null for never. A day is 86,400 s.',
    ),
  })
  .meta({ id: 'Lifespan', description: 'How long a new key lives.' });

/** The account's expiration policy to set, whole (E1, E2). */
export const setExpirationPolicyBody = z
  .strictObject({
    master: lifespan,
    write_only: lifespan,
    users_may_only_shorten: z
      .boolean()
      .exactOptional()
      .describe("Whether the policy of a user may only shorten the account's. For the Owner; absent stays as it is."),
  })
  .meta({ id: 'SetExpirationPolicy', description: 'The lifespans that new keys of the account get.' });

/** The account's expiration policy (E1, E2, E3). */
export const expirationPolicy = z
  .strictObject({
    object: z.literal('expiration_policy').describe('Always `expiration_policy`.'),
    master: lifespan,
    write_only: lifespan,
    users_may_only_shorten: z.boolean().describe("Whether the policy of a user may only shorten the account's."),
  })
  .meta({ id: 'ExpirationPolicy', description: 'The lifespans that new keys of the account get.' });

/** One user's expiration policy to set, whole: a kind that is absent inherits (E3). */
export const setUserExpirationPolicyBody = z
  .strictObject({ master: lifespan.exactOptional(), write_only: lifespan.exactOptional() })
  .meta({
    id: 'SetUserExpirationPolicy',
    description: "The lifespans that new keys of one user get; a kind that is absent follows the account's.",
  });

/** One user's expiration policy, and what follows from it (E3). */
export const userExpirationPolicy = z
  .strictObject({
    object: z.literal('user_expiration_policy').describe('Always `user_expiration_policy`.'),
    user_id: userId().describe('Whose policy it is.'),
    master: lifespan.exactOptional(),
    write_only: lifespan.exactOptional(),
    in_force: z
      .strictObject({ master: lifespan, write_only: lifespan })
      .describe("What new keys of the user get: the user's own lifespan, else the account's."),
  })
  .meta({ id: 'UserExpirationPolicy', description: 'The lifespans that new keys of one user get.' });

const daysBefore = (): z.ZodInt => wholeNumber(REMINDER_DAYS_SHORTEST, REMINDER_DAYS_LONGEST, 'days');
const DAYS_BEFORE_TEXT = `Days before expiry from which an owner is told, ${REMINDER_DAYS_SHORTEST} to ${REMINDER_DAYS_LONGEST}.`;

const furtherSteps = (): z.ZodArray<z.ZodInt> =>
  z
    .array(wholeNumber(0, REMINDER_DAYS_LONGEST, 'days'), { error: 'must be a list of days' })
    .max(REMINDER_STEPS_MOST, { error: `must name at most ${REMINDER_STEPS_MOST} steps` })
    .describe(
      `Days before expiry of further reminders, 0 to ${REMINDER_DAYS_LONGEST}, at most ${REMINDER_STEPS_MOST}; may be empty. ` +
        'Those that are not shorter than `days_before` have no effect.',
    );

/** The reminder period to set, with its further steps (R1, R4). */
export const setReminderSettingsBody = z
  .strictObject({
    days_before: daysBefore().describe(DAYS_BEFORE_TEXT),
    further_steps: furtherSteps().exactOptional(),
  })
  .meta({ id: 'SetReminderSettings', description: 'When owners of keys are told of the expiry.' });

/** The reminder period and its further steps (R1, R4). */
export const reminderSettings = z
  .strictObject({
    object: z.literal('reminder_settings').describe('Always `reminder_settings`.'),
    days_before: daysBefore().describe(DAYS_BEFORE_TEXT),
    further_steps: furtherSteps(),
  })
  .meta({ id: 'ReminderSettings', description: 'When owners of keys are told of the expiry.' });
