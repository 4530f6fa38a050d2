import { type KeyId, mayManage, ok, refuse } from '@claviger/core';
import type { Key, Reader, User } from '@claviger/storage';
import type { ActingUser } from './acting-user.ts';
import type { Outcome } from './outcome.ts';

/** A key and the user it belongs to. */
export type ManagedKey = { readonly key: Key; readonly owner: User };

/** Finds a key that the caller may manage; anybody else's is refused exactly like one that does not exist (K9). */
export async function findManagedKey(reader: Reader, acting: ActingUser, keyId: KeyId): Outcome<ManagedKey> {
  const key = await reader.keys.find(acting.account.id, keyId);
  const owner = key === null ? null : await reader.users.find(acting.account.id, key.ownerId);
  if (key === null || owner === null || !mayManage(acting.user, owner)) return refuse({ kind: 'key-not-found', keyId });
  return ok({ key, owner });
}
