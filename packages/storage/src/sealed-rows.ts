import type { AccountId, InternalKeyId, KeyId, KeyKind, UserId } from '@claviger/core';
import type { SealedRow } from './store-deps.ts';

/** What the seal of a key's secret covers (K7). A rotated secret is sealed with its own digest. */
export function sealedKey(
  key: { readonly accountId: AccountId; readonly id: KeyId; readonly ownerId: UserId; readonly kind: KeyKind },
  digest: string,
): SealedRow {
  return { accountId: key.accountId, keyId: key.id, ownerId: key.ownerId, kind: key.kind, digest };
}

/** What the seal of an internal key covers: it has no owner, its purpose stands there, and it may answer for several accounts (K11). */
export function sealedInternalKey(
  key: { readonly id: InternalKeyId; readonly purpose: 'verify' | 'feed' },
  digest: string,
): SealedRow {
  return { accountId: '', keyId: key.id, ownerId: key.purpose, kind: 'internal', digest };
}
