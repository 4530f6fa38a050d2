import type { SecondFactorRefusal } from '../../refusal.ts';
import { type WordsOf, words } from './problem-words.ts';

/** Refusals of second factors (U7). */
export const SECOND_FACTOR_WORDS: WordsOf<SecondFactorRefusal> = {
  'second-factor-required': () =>
    words(
      'second_factor_required',
      'The password is right, and a second factor is set up. Send a `totp_code` or a `recovery_code` beside the password.',
      {},
    ),
  'second-factor-wrong': () =>
    words(
      'second_factor_wrong',
      'The code does not fit, or was used before. Each works once: wait for the next one, or take another recovery code.',
      {},
    ),
  'second-factor-exists': () =>
    words('second_factor_exists', 'One-time passwords are set up already. Remove them first to set them up anew.', {}),
  'second-factor-missing': () =>
    words('second_factor_missing', 'No one-time passwords are set up, or have been begun. Set them up first.', {}),
};
