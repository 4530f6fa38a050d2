import { formatInstant } from '@claviger/core';
import type { Change, Key, User } from '@claviger/storage';
import type { CommandDeps } from './deps.ts';
import { namedKey } from './named-key.ts';
import { queueMail } from './queue-mail.ts';
import { reminderRecipients } from './reminder-recipients.ts';

/**
 * Tells by mail what became of a key that somebody presented to have it ended (K12): its owner, a service account's
 * contacts, or the Owner of the account when none of them can be written to. The mail is queued and sent later, so that
 * whoever presented the key learns nothing by waiting.
 */
export async function tellOfSelfRevocation(
  deps: Pick<CommandDeps, 'randomBytes'>,
  change: Change,
  told: { readonly key: Key; readonly owner: User; readonly outcome: 'key-ended' | 'overlap-ended' | 'reported' },
): Promise<void> {
  const { key, owner, outcome } = told;
  const facts = { key: namedKey(key), outcome, at: formatInstant(change.now) };
  for (const recipient of await addressesFor(change, owner)) {
    const message = { template: 'key_self_revoked', facts } as const;
    await queueMail(deps, change, { accountId: key.accountId, recipient, message });
  }
}

async function addressesFor(change: Change, owner: User): Promise<readonly string[]> {
  const recipients = await reminderRecipients(change.read, owner);
  if (recipients.length > 0) return recipients.map(({ email }) => email);
  const accountOwner = await change.read.users.ownerOf(owner.accountId);
  return accountOwner === null || accountOwner.email === null ? [] : [accountOwner.email];
}
