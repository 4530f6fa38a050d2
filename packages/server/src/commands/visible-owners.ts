import { isAdministrative, type UserId } from '@claviger/core';
import type { Reader } from '@claviger/storage';
import type { ActingUser } from './acting-user.ts';

/** Whose keys the caller may see: of everybody (null), of restricted users and their own, or their own (U3). */
export async function visibleOwners(
  reader: Reader,
  { user, account }: ActingUser,
  asked: UserId | undefined,
): Promise<readonly UserId[] | null> {
  const visible = await managedOwners(reader, { user, account });
  if (asked === undefined) return visible;
  return visible === null || visible.includes(asked) ? [asked] : [];
}

async function managedOwners(
  reader: Reader,
  { user, account }: Pick<ActingUser, 'user' | 'account'>,
): Promise<readonly UserId[] | null> {
  if (user.userType === 'owner') return null;
  if (!isAdministrative(user.userType)) return [user.id];
  return [user.id, ...(await reader.users.restrictedIds(account.id))];
}
