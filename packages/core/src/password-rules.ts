import { PASSWORD_LONGEST, PASSWORD_SHORTEST } from './limits.ts';
import type { Secret } from './secret.ts';

/** Why a password is not accepted, with the bound to show (U7). Never the password. */
export type PasswordRefusal =
  | { readonly kind: 'password-too-short'; readonly shortest: number }
  | { readonly kind: 'password-too-long'; readonly longest: number };

/** Whether a number may be an account's minimum password length: whole, 8 to 128 (U7). */
export function isPasswordMinimum(length: number): boolean {
  return Number.isInteger(length) && length >= PASSWORD_SHORTEST && length <= PASSWORD_LONGEST;
}

/** Why a password is refused under an account's minimum length, or null. Counts characters (code points), as people do (U7). */
export function passwordRefusal(password: Secret, shortest: number): PasswordRefusal | null {
  const length = characterCount(password.reveal());
  if (length < shortest) return { kind: 'password-too-short', shortest };
  return length > PASSWORD_LONGEST ? { kind: 'password-too-long', longest: PASSWORD_LONGEST } : null;
}

function characterCount(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}
