import { z } from 'zod';
import { instant, line } from './fields.ts';

/** A one-time password of an authenticator app (U7). */
export const totpCode = (): z.ZodString =>
  z.string({ error: 'must be six digits' }).regex(/^\d{6}$/, { error: 'must be six digits' });
/** A recovery code as somebody types it, in any case, with or without dashes (U7). */
export const recoveryCode = (): z.ZodString => line(1, 40);

/** The second factors of whoever asks. Never a secret. */
export const secondFactorsObject = z
  .strictObject({
    object: z.literal('second_factors').describe('Always `second_factors`.'),
    totp: z
      .strictObject({ confirmed_at: instant().describe('When it was set up.') })
      .nullable()
      .describe('One-time passwords of an authenticator app; null when there are none.'),
    recovery_codes_left: z.int().nonnegative().describe('How many recovery codes are not used yet.'),
  })
  .meta({ id: 'SecondFactors', description: 'What is asked for beside the password.' });

/** What an authenticator app needs; shown once (U7). */
export const totpSetup = z
  .strictObject({
    object: z.literal('totp_setup').describe('Always `totp_setup`.'),
    secret: z
      .string()
      .describe('The secret in base32, to type into an authenticator app. In this answer and in no other.'),
    otpauth_url: z.string().describe('The same with the names that the app shows, to draw as a QR code.'),
  })
  .meta({ id: 'TotpSetup', description: 'One-time passwords that are being set up.' });

/** A first code of the app (U7). */
export const confirmTotpBody = z
  .strictObject({ code: totpCode().describe('A code that the app shows now, six digits.') })
  .meta({ id: 'ConfirmTotp', description: 'A first one-time password.' });

/** Codes for when the app is out of reach; shown once (U7). */
export const recoveryCodesObject = z
  .strictObject({
    object: z.literal('recovery_codes').describe('Always `recovery_codes`.'),
    codes: z
      .array(z.string())
      .exactOptional()
      .describe('Ten codes, each of which works once. In this answer and in no other; absent in a replayed one.'),
  })
  .meta({ id: 'RecoveryCodes', description: 'Codes that stand in for the second factor.' });
