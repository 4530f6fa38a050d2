import type { Key, Reader, User } from '@claviger/storage';
import type { ActingUser } from './acting-user.ts';
import { allPages } from './all-pages.ts';

/** All keys of a user, dead or alive, newest first; the limit of keys per user bounds them (K3). */
export function keysOf(
  reader: Reader,
  { account, now }: Pick<ActingUser, 'account' | 'now'>,
  owner: User,
): Promise<readonly Key[]> {
  const filter = { accountId: account.id, ownerIds: [owner.id], now, reminderDays: account.reminderDays };
  return allPages((page) => reader.keys.list(filter, page));
}
