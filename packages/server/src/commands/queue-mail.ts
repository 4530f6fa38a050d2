import { type AccountId, type Instant, type MailId, newMailId } from '@claviger/core';
import type { Change } from '@claviger/storage';
import type { MailMessage } from '../mail/messages.ts';
import type { CommandDeps } from './deps.ts';

/** A mail to queue. */
export type MailDraft = {
  readonly accountId: AccountId | null;
  readonly recipient: string;
  readonly message: MailMessage;
  /** Not sent before; absent is at once. */
  readonly dueAt?: Instant;
};

/**
 * Queues a mail in the change that it tells of: it leaves only if the change is committed, and at least once then (R4).
 * Answers with its id, by which more can be told of it.
 */
export async function queueMail(
  deps: Pick<CommandDeps, 'randomBytes'>,
  change: Change,
  { accountId, recipient, message, dueAt }: MailDraft,
): Promise<MailId> {
  const id = newMailId(deps.randomBytes);
  await change.outbox.add({
    id,
    accountId,
    recipient,
    template: message.template,
    facts: message.facts,
    createdAt: change.now,
    dueAt: dueAt ?? change.now,
  });
  return id;
}
