import { z } from 'zod';
import { chosenPassword, email, line, presentedPassword } from './fields.ts';
import { LINK_TOKEN_LONGEST } from './wire-limits.ts';

/** Asking for a new password (U7). */
export const requestPasswordResetBody = z
  .strictObject({ email: email().describe('The address of whoever forgot their password, at most 254 characters.') })
  .meta({ id: 'RequestPasswordReset', description: 'Whose password is to be reset.' });

/** Choosing a password by a mailed link (U7). */
export const redeemPasswordResetBody = z
  .strictObject({
    token: line(1, LINK_TOKEN_LONGEST).describe('The token of the link: what stands after its `#`.'),
    password: chosenPassword().describe(
      "The password to sign in with from now on, at least as long as the account's settings ask.",
    ),
  })
  .meta({ id: 'RedeemPasswordReset', description: 'The token of a password reset, and the new password.' });

/** The same for every address and link that is taken (T1). */
export const passwordResetObject = z
  .strictObject({ object: z.literal('password_reset').describe('Always `password_reset`.') })
  .meta({ id: 'PasswordReset', description: 'A password reset; it tells nothing of whom it is for.' });

/** Changing one's own password (U7, U8). */
export const changePasswordBody = z
  .strictObject({
    current_password: presentedPassword().describe('The password as it is now.'),
    new_password: chosenPassword().describe(
      "The password to sign in with from now on, at least as long as the account's settings ask.",
    ),
  })
  .meta({ id: 'ChangePassword', description: 'The password as it is and as it is to be.' });
