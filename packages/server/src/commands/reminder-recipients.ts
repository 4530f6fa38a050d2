import type { Reader, User } from '@claviger/storage';

/** Somebody who can be written to. */
export type Recipient = User & { readonly email: string };

/**
 * Who is told that keys of `owner` expire: a person about their own; of a service account its contacts, or the Owner of the
 * account when none of them is left (U6). Nobody is told of the keys of somebody disabled: they are stopped already (U5),
 * and when they go on, what is due then is told then.
 */
export async function reminderRecipients(reader: Reader, owner: User): Promise<readonly Recipient[]> {
  if (owner.disabledAt !== null) return [];
  if (!owner.isServiceAccount) return reachable([owner]);
  const contacts: User[] = [];
  for (const id of owner.contacts) {
    const contact = await reader.users.find(owner.accountId, id);
    if (contact !== null && contact.disabledAt === null) contacts.push(contact);
  }
  const living = reachable(contacts);
  if (living.length > 0) return living;
  const accountOwner = await reader.users.ownerOf(owner.accountId);
  return accountOwner === null ? [] : reachable([accountOwner]);
}

function reachable(users: readonly User[]): readonly Recipient[] {
  return users.flatMap((user) => (user.email === null ? [] : [{ ...user, email: user.email }]));
}
