import type { KeyKind } from './key-text.ts';
import type { UserType } from './management.ts';

/** What stands for an imported key's text in lists when nobody gave a hint: nothing of its digest (K8, A3). */
export const HINT_OF_IMPORTED = 'imported…';

const DIGEST = /^[0-9a-fA-F]{64}$/;

/**
 * Whether users of a type may import keys of a kind (K13): the Owner both kinds, administrators write-only ones. Restricted
 * users none: whoever imports answers for texts that somebody else chose, and they can always create keys of full strength.
 */
export function mayImport(userType: UserType, kind: KeyKind): boolean {
  switch (userType) {
    case 'owner':
      return true;
    case 'administrator':
      return kind === 'write_only';
    case 'restricted':
      return false;
  }
}

/** Reads a SHA-256 digest, 64 hex digits in either case, as we store it; null when it is none. */
export function parseDigest(text: string): string | null {
  return DIGEST.test(text) ? text.toLowerCase() : null;
}
