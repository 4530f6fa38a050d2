import { Secret } from '@claviger/core';
import type { CommandDeps } from './deps.ts';

/** Codes that a user gets at once (U7). */
const CODES = 10;
/** Characters of a code. 16 of 32 letters and digits are 80 random bits: too many to guess, few enough to copy from paper. */
const CHARACTERS = 16;
/** Without the four that look like others. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/** Recovery codes, and what is kept of them. */
export type RecoveryCodes = { readonly codes: readonly Secret[]; readonly digests: readonly string[] };

/** Draws a user's recovery codes. */
export function drawRecoveryCodes(deps: Pick<CommandDeps, 'randomBytes' | 'digestOf'>): RecoveryCodes {
  const codes = Array.from({ length: CODES }, () => drawCode(deps));
  return { codes, digests: codes.map((code) => recoveryDigest(deps, code)) };
}

/** The digest of a code as somebody typed it: in any case, with or without the dashes. */
export function recoveryDigest({ digestOf }: Pick<CommandDeps, 'digestOf'>, code: Secret): string {
  return digestOf(new Secret(code.reveal().toLowerCase().replaceAll(/[\s-]/g, '')));
}

/** `xxxx-xxxx-xxxx-xxxx`. A byte modulo 32 favours nothing. */
function drawCode({ randomBytes }: Pick<CommandDeps, 'randomBytes'>): Secret {
  const characters = [...randomBytes(CHARACTERS)].map((byte) => ALPHABET[byte % ALPHABET.length]).join('');
  return new Secret(characters.replaceAll(/(.{4})(?=.)/g, '$1-'));
}
