import type { AnswerOf } from '@claviger/contract';
import { formatInstant } from '@claviger/core';
import type { RecoveryCodes } from '../commands/recovery-codes.ts';
import type { BegunTotp, ShownFactors } from '../commands/totp-factor.ts';
import type { View } from './call.ts';

/** Second factors as lists show them: never a secret. */
export function presentSecondFactors({ totp, recoveryCodesLeft }: ShownFactors): AnswerOf<'list_second_factors'> {
  return {
    object: 'second_factors',
    totp: totp === null ? null : { confirmed_at: formatInstant(totp.confirmedAt) },
    recovery_codes_left: recoveryCodesLeft,
  };
}

/** The one answer that shows the secret of one-time passwords. */
export function presentTotpSetup({ secret, url }: BegunTotp): AnswerOf<'begin_totp'> {
  return { object: 'totp_setup', secret: secret.reveal(), otpauth_url: url.reveal() };
}

/** The one answer that shows recovery codes; in what is kept for replays they are left out. */
export function presentRecoveryCodes({ codes }: RecoveryCodes, view: View): AnswerOf<'confirm_totp'> {
  const object = 'recovery_codes' as const;
  return view.showsSecrets ? { object, codes: codes.map((code) => code.reveal()) } : { object };
}
