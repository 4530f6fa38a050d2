import { type AccountId, hasExpired, type Instant, type MailId } from '@claviger/core';
import type { IntendedKey, Key, Reader, User } from '@claviger/storage';
import { reminderRecipients } from '../commands/reminder-recipients.ts';

/** A key that a reminder still has to name, with what is true of it now. */
export type RemindableKey = {
  readonly key: Key;
  /** The recipient, or the service account whose contact they are (U6). */
  readonly owner: User;
  readonly expiresAt: Instant;
  /** The step that it was intended for, in days before expiry; the time that is left says more. */
  readonly stepDays: number;
  /** Milliseconds until it expires, more than 0. */
  readonly remainingMs: number;
};

/**
 * The keys that a queued `keys_expiring` mail still has to tell of, those that expire first coming first. Left out are keys
 * that were deleted, rotated, shortened, ended or have expired meanwhile, that belong to somebody else now, and those of
 * which a later reminder is queued or sent (R5, R7). None left: the mail is not to be sent. Ask at every attempt.
 */
export async function remindableKeys(
  reader: Reader,
  mail: { readonly id: MailId; readonly accountId: AccountId | null },
  now: Instant,
): Promise<readonly RemindableKey[]> {
  if (mail.accountId === null) return [];
  const owners = new Map<string, OwnerAndRecipients | null>();
  const remindable: RemindableKey[] = [];
  for (const intended of await reader.reminders.ofMail(mail.accountId, mail.id)) {
    const { key } = intended;
    if (!owners.has(key.ownerId)) owners.set(key.ownerId, await ownerOf(reader, key));
    const found = owners.get(key.ownerId) ?? null;
    if (found !== null && found.recipientIds.has(intended.recipientId)) {
      remindable.push(...remindableAt(intended, found.owner, now));
    }
  }
  return remindable;
}

type OwnerAndRecipients = { readonly owner: User; readonly recipientIds: ReadonlySet<string> };

async function ownerOf(reader: Reader, key: Key): Promise<OwnerAndRecipients | null> {
  const owner = await reader.users.find(key.accountId, key.ownerId);
  if (owner === null) return null;
  const recipients = await reminderRecipients(reader, owner);
  return { owner, recipientIds: new Set(recipients.map((recipient) => recipient.id)) };
}

/** R7: at the very instant of its expiry there is nothing left to say of a key. */
function remindableAt({ key, stepDays }: IntendedKey, owner: User, now: Instant): readonly RemindableKey[] {
  const { expiresAt, forcedExpiry } = key;
  if (forcedExpiry !== null || expiresAt === null || hasExpired(expiresAt, now)) return [];
  return [{ key, owner, expiresAt, stepDays, remainingMs: expiresAt - now }];
}
