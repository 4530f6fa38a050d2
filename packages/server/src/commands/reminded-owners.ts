import type { UserId } from '@claviger/core';
import type { Reader, User } from '@claviger/storage';

/**
 * Whose keys somebody is told of: their own, and those of service accounts that have them as a contact, or as the Owner no
 * living contact at all (U6). The other side of `reminderRecipients`: banners name what mails tell of (R3).
 */
export async function remindedOwners(reader: Reader, user: User): Promise<readonly UserId[]> {
  const serviceAccounts = await reader.users.serviceAccounts(user.accountId);
  const told: UserId[] = [user.id];
  const living = new Map<UserId, boolean>([[user.id, true]]);
  for (const { id, contacts } of serviceAccounts) {
    if (contacts.includes(user.id)) told.push(id);
    else if (user.userType === 'owner' && !(await isAnyLiving(reader, { user, contacts, living }))) told.push(id);
  }
  return told;
}

/** Each contact is looked up once, however many service accounts have them. */
async function isAnyLiving(
  reader: Reader,
  on: { readonly user: User; readonly contacts: readonly UserId[]; readonly living: Map<UserId, boolean> },
): Promise<boolean> {
  for (const id of on.contacts) {
    let isLiving = on.living.get(id);
    if (isLiving === undefined) {
      const contact = await reader.users.find(on.user.accountId, id);
      isLiving = contact !== null && contact.disabledAt === null && contact.email !== null;
      on.living.set(id, isLiving);
    }
    if (isLiving) return true;
  }
  return false;
}
