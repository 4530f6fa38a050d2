import type { Reader, User } from '@claviger/storage';

/** Where mails for a user go: to the person, or to the people who answer for a service account (U6). */
export async function mailAddressesOf(reader: Reader, user: User): Promise<readonly string[]> {
  if (!user.isServiceAccount) return user.email === null ? [] : [user.email];
  const addresses: string[] = [];
  for (const id of user.contacts) {
    const contact = await reader.users.find(user.accountId, id);
    if (contact !== null && contact.email !== null) addresses.push(contact.email);
  }
  return addresses;
}
