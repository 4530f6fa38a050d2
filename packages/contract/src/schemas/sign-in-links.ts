import { PASSWORD_LONGEST, PASSWORD_SHORTEST } from '@claviger/core';
import { z } from 'zod';
import { accountObject } from './accounts.ts';
import { line, text } from './fields.ts';
import { keyWithSecret } from './keys.ts';
import { userObject } from './users.ts';
import { SETUP_TOKEN_LONGEST } from './wire-limits.ts';

/** A sign-in link of the operator's, used (T1). */
export const redeemSignInLinkBody = z
  .strictObject({
    token: line(1, SETUP_TOKEN_LONGEST).describe('The token of the sign-in link: what stands after its `#`.'),
    password: text(PASSWORD_SHORTEST, PASSWORD_LONGEST).describe(
      `The password to sign in with from now on, at most ${PASSWORD_LONGEST} characters; the account says how many at least, 12 unless it was changed.`,
    ),
  })
  .meta({ id: 'RedeemSignInLink', description: 'A sign-in link and the password to set with it.' });

/** Who signed in by a link; the secrets of the first keys are shown here and never again (K2, K7). */
export const redeemedSignInLink = z
  .strictObject({
    account: accountObject,
    user: userObject,
    keys: z
      .array(keyWithSecret)
      .describe("At the Owner's first sign-in the default keys with their secrets, shown once; later none."),
  })
  .meta({ id: 'RedeemedSignInLink', description: 'The account, its Owner and, at the first sign-in, the first keys.' });
