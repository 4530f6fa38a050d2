import { type Instant, MINUTE_MS, instant, ok } from '@claviger/core';
import type { Change, LeasedMail } from '@claviger/storage';
import type { CommandDeps } from './deps.ts';
import { queueMail } from './queue-mail.ts';

/** What is known of a mail that is given up. */
export type MailFailure = { readonly subject: string; readonly answer: string };

/** Milliseconds. The Owner is told of one failure in this time; the list of undelivered mails has them all. */
const TOLD_ONCE_PER_MS = 60 * MINUTE_MS;

const ORIGIN = {
  actor: { kind: 'system', part: 'mail' },
  ipAddress: null,
  userAgent: null,
  httpMethod: null,
  path: null,
  requestId: null,
} as const;

/** Gives a mail up for good and tells the account's Owner, in one change (R7). */
export async function giveUpMail(
  deps: Pick<CommandDeps, 'change' | 'randomBytes'>,
  mail: LeasedMail,
  failure: MailFailure & { readonly now: Instant; readonly storable: Instant },
): Promise<void> {
  const { now, storable, subject, answer } = failure;
  const context = { accountId: mail.accountId, origin: ORIGIN, now, storable, replay: null };
  await deps.change<void, never>(context, async (change) => {
    const outcome = await change.outbox.giveUp(mail, answer);
    if (outcome === 'given-up') await tellOwner(deps, change, { mail, subject, answer });
    return ok(undefined);
  });
}

/** Never of a mail that told of a failure, nor to an address that has just failed: mails about mails would never end. */
async function tellOwner(
  deps: Pick<CommandDeps, 'randomBytes'>,
  change: Change,
  { mail, subject, answer }: MailFailure & { readonly mail: LeasedMail },
): Promise<void> {
  const { accountId, recipient } = mail;
  if (accountId === null || mail.template === 'mail_failed') return;
  const owner = await change.read.users.ownerOf(accountId);
  const address = owner?.email ?? null;
  if (address === null || address.toLowerCase() === recipient.toLowerCase()) return;
  const since = instant(Math.max(0, change.now - TOLD_ONCE_PER_MS));
  if (await change.read.outbox.hasQueued(accountId, 'mail_failed', since)) return;
  const facts = { mailId: mail.id, recipient, subject, answer };
  await queueMail(deps, change, { accountId, recipient: address, message: { template: 'mail_failed', facts } });
}
