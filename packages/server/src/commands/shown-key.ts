import type { Secret } from '@claviger/core';
import type { Key, Reader, User } from '@claviger/storage';
import type { ActingUser } from './acting-user.ts';
import type { ManagedKey } from './managed-key.ts';

/** A key with all that its status word depends on beside the time. */
export type ShownKey = {
  readonly key: Key;
  readonly isOwnerDisabled: boolean;
  readonly reminderDays: number;
};

/** A key with its new secret: to be shown once, now, and never again (K7). */
export type KeyWithSecret = ShownKey & { readonly secret: Secret };

/** Puts a key together with what it is shown with. */
export function shownKey(managed: ManagedKey, acting: Pick<ActingUser, 'account'>): ShownKey {
  return {
    key: managed.key,
    isOwnerDisabled: managed.owner.disabledAt !== null,
    reminderDays: acting.account.reminderDays,
  };
}

/** Reads a key again after a change of the same transaction. */
export async function shownAfterChange(reader: Reader, acting: ActingUser, managed: ManagedKey): Promise<ShownKey> {
  const key = await reader.keys.find(acting.account.id, managed.key.id);
  if (key === null) throw new Error(`${managed.key.id} is gone in the middle of its change`);
  return shownKey({ key, owner: managed.owner }, acting);
}

/** Puts listed keys together with what they are shown with, reading each owner once. */
export async function shownKeys(
  reader: Reader,
  acting: ActingUser,
  keys: readonly Key[],
): Promise<readonly ShownKey[]> {
  const owners = new Map<string, User | null>();
  for (const { ownerId } of keys) {
    if (!owners.has(ownerId)) owners.set(ownerId, await reader.users.find(acting.account.id, ownerId));
  }
  return keys.flatMap((key) => {
    const owner = owners.get(key.ownerId) ?? null;
    return owner === null ? [] : [shownKey({ key, owner }, acting)];
  });
}
