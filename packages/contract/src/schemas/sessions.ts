import { z } from 'zod';
import { email, instant, presentedPassword, sessionId, userId } from './fields.ts';
import { recoveryCode, totpCode } from './second-factors.ts';

/** A signed-in browser or client (U7). */
export const sessionObject = z
  .strictObject({
    object: z.literal('session').describe('Always `session`.'),
    id: sessionId().describe('The id of the session; not its cookie.'),
    user_id: userId().describe('Who is signed in.'),
    current: z.boolean().describe('Whether it is the session that asks.'),
    created_at: instant().describe('When the user signed in.'),
    last_seen_at: instant().describe('When it was last used, at most a minute behind.'),
    proven_at: instant().describe(
      'When the password was last shown. Sensitive acts need a proof of at most 15 minutes ago.',
    ),
    idle_ends_at: instant().describe('When it ends unless it is used again.'),
    ends_at: instant().describe('When it ends at the latest.'),
    ip_address: z.string().nullable().describe('The address it was started from.'),
    user_agent: z.string().nullable().describe('The program it was started with, as that named itself.'),
  })
  .meta({ id: 'Session', description: 'A signed-in browser or client.' });
export type SessionObject = z.output<typeof sessionObject>;

const secondProof = {
  totp_code: totpCode()
    .exactOptional()
    .describe('A one-time password, for users who have set them up. Each works once.'),
  recovery_code: recoveryCode()
    .exactOptional()
    .describe('A recovery code in place of a one-time password. Each works once.'),
};
type Codes = { readonly totp_code?: string; readonly recovery_code?: string };
const hasOneCode = ({ totp_code, recovery_code }: Codes): boolean =>
  totp_code === undefined || recovery_code === undefined;
const ONE_CODE = { error: 'must be absent when there is a one-time password', path: ['recovery_code'] };

/** Signing in (U7). */
export const createSessionBody = z
  .strictObject({
    email: email().describe('The e-mail address of the user.'),
    password: presentedPassword().describe('The password of the user.'),
    ...secondProof,
  })
  .refine(hasOneCode, ONE_CODE)
  .meta({ id: 'CreateSession', description: 'Who signs in.' });

/** A new proof for the session that asks (U8). */
export const reauthenticateBody = z
  .strictObject({
    password: presentedPassword().describe('The password of the signed-in user.'),
    ...secondProof,
  })
  .refine(hasOneCode, ONE_CODE)
  .meta({ id: 'Reauthenticate', description: 'Proof that the signed-in user is still the one at the keyboard.' });
