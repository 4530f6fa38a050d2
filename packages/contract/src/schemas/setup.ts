import { z } from 'zod';
import { accountObject } from './accounts.ts';
import { email, line, name, newPassword } from './fields.ts';
import { keyWithSecret } from './keys.ts';
import { userObject } from './users.ts';
import { SETUP_TOKEN_LONGEST } from './wire-limits.ts';

/** The first account and its Owner (T2). */
export const setupBody = z
  .strictObject({
    token: line(1, SETUP_TOKEN_LONGEST).describe('The token of the set-up link, or the one given by setting.'),
    account: z
      .strictObject({ name: name().describe('The name of the organisation, 1 to 200 characters.') })
      .describe('The account to make.'),
    owner: z
      .strictObject({
        email: email().describe('The e-mail address to sign in with, at most 254 characters.'),
        name: name().describe('The name of the person, 1 to 200 characters.'),
        password: newPassword().describe('The password, 12 to 128 characters.'),
      })
      .describe('The Owner of the account.'),
  })
  .meta({ id: 'Setup', description: 'The first account and its Owner.' });

/** What set-up made; the secrets of the two keys are shown here and never again (K2, K7). */
export const setupAnswer = z
  .strictObject({
    account: accountObject,
    user: userObject,
    keys: z.array(keyWithSecret).describe('One master and one write-only key. Their secrets are shown here once.'),
  })
  .meta({ id: 'SetupAnswer', description: 'The account, its Owner and the first two keys.' });
