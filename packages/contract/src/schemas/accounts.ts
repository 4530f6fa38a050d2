import {
  IDLE_DAYS_LONGEST,
  IDLE_DAYS_SHORTEST,
  IDLE_NOTICE_DAYS,
  PASSWORD_LONGEST,
  PASSWORD_SHORTEST,
  SESSION_HOURS_LONGEST,
  SESSION_HOURS_SHORTEST,
  SESSION_IDLE_MINUTES_LONGEST,
  SESSION_IDLE_MINUTES_SHORTEST,
} from '@claviger/core';
import { z } from 'zod';
import { accountId, instant, name, wholeNumber } from './fields.ts';

const defaultKeys = (): z.ZodEnum<{ both: 'both'; write_only: 'write_only'; none: 'none' }> =>
  z
    .enum(['both', 'write_only', 'none'], { error: 'must be both, write_only or none' })
    .describe('Which keys a new user gets: one of each kind, a write-only key, or none.');

const account = {
  object: z.literal('account').describe('Always `account`.'),
  id: accountId().describe('The id of the account.'),
  name: z.string().describe('The name of the organisation.'),
  created_at: instant().describe('When it was set up.'),
  default_keys: defaultKeys(),
  management_by_keys: z.boolean().describe('Whether keys may be used on this API, or sessions only.'),
};

const signIn = {
  password_shortest: wholeNumber(PASSWORD_SHORTEST, PASSWORD_LONGEST, 'characters').describe(
    `How long a new password must be, ${PASSWORD_SHORTEST} to ${PASSWORD_LONGEST} characters.`,
  ),
  session_idle_minutes: wholeNumber(SESSION_IDLE_MINUTES_SHORTEST, SESSION_IDLE_MINUTES_LONGEST, 'minutes').describe(
    `After how many minutes without a request a session is over, ${SESSION_IDLE_MINUTES_SHORTEST} to ${SESSION_IDLE_MINUTES_LONGEST}.`,
  ),
  session_longest_hours: wholeNumber(SESSION_HOURS_SHORTEST, SESSION_HOURS_LONGEST, 'hours').describe(
    `After how many hours a session is over however busy it is, ${SESSION_HOURS_SHORTEST} to ${SESSION_HOURS_LONGEST}.`,
  ),
};

const idleRule = z
  .strictObject({
    days: wholeNumber(IDLE_DAYS_SHORTEST, IDLE_DAYS_LONGEST, 'days').describe(
      `Days for which nobody used, created, rotated or enabled a key, ${IDLE_DAYS_SHORTEST} to ${IDLE_DAYS_LONGEST}.`,
    ),
    action: z
      .enum(['report', 'disable'], { error: 'must be report or disable' })
      .describe(
        `What happens to such a key: the Owner and the administrators are told, or it is disabled, which enabling takes back. For ${IDLE_NOTICE_DAYS} days after the rule was set or changed, keys are only reported.`,
      ),
  })
  .meta({ id: 'IdleRule', description: 'What happens to keys that nobody uses.' });

/** An organisation, as everybody in it may see it (T1). */
export const accountObject = z
  .strictObject(account)
  .meta({ id: 'Account', description: 'An organisation: everything belongs to exactly one account.' });
export type AccountObject = z.output<typeof accountObject>;

/** An organisation with the settings that the Owner and administrators see (K2, K14, U7). */
export const accountWithSettings = z
  .strictObject({
    ...account,
    sign_in: z.strictObject(signIn).describe('How the people of the account sign in.'),
    idle_rule: idleRule.nullable(),
  })
  .meta({ id: 'AccountWithSettings', description: 'An organisation with its settings.' });

/** What to change of an account; what is absent stays, also inside `sign_in` (K2, K14, U7). */
export const editAccountBody = z
  .strictObject({
    name: name().exactOptional().describe('The new name of the organisation, 1 to 200 characters.'),
    default_keys: defaultKeys().exactOptional(),
    management_by_keys: z
      .boolean({ error: 'must be true or false' })
      .exactOptional()
      .describe('Whether keys may be used on this API, or sessions only. Needs a session with fresh proof.'),
    idle_rule: idleRule
      .nullable()
      .exactOptional()
      .describe('What happens to keys that nobody uses; null takes the rule back.'),
    sign_in: z
      .strictObject({
        password_shortest: signIn.password_shortest.exactOptional(),
        session_idle_minutes: signIn.session_idle_minutes.exactOptional(),
        session_longest_hours: signIn.session_longest_hours.exactOptional(),
      })
      .exactOptional()
      .describe(
        'How people sign in. Needs a session with fresh proof. Bounds hold for running sessions from their next request on, ' +
          'the length for passwords chosen from now on.',
      ),
  })
  .meta({ id: 'EditAccount', description: 'Changes to an account; what is absent stays as it is.' });
