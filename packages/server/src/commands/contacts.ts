import { ok, refuse, type UserId } from '@claviger/core';
import type { Reader } from '@claviger/storage';
import type { ActingUser } from './acting-user.ts';
import type { Outcome } from './outcome.ts';

/** Checks who gets a service account's reminders: people of this account, who can be written to (U6). Doubles are dropped. */
export async function checkContacts(
  reader: Reader,
  acting: ActingUser,
  contacts: readonly UserId[],
): Outcome<readonly UserId[]> {
  for (const [index, userId] of contacts.entries()) {
    const pointer = `/contacts/${index}`;
    const contact = await reader.users.find(acting.account.id, userId);
    if (contact === null) return refuse({ kind: 'user-not-found', userId, pointer });
    if (contact.isServiceAccount) return refuse({ kind: 'contact-not-a-person', pointer, userId });
  }
  return ok([...new Set(contacts)]);
}
