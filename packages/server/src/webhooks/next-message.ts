import { webhookMessage } from '@claviger/contract';
import { type AuditEvent, formatInstant, type Instant, parseKeyId, type WebhookId } from '@claviger/core';
import type { Reader, Webhook } from '@claviger/storage';
import type { ShownKey } from '../commands/shown-key.ts';
import { presentEvent, presentKey } from '../http/present.ts';

/** The next event of a webhook, in the words of the wire. */
export type NextMessage = {
  readonly webhook: Webhook;
  /** Null when there is nothing to send. */
  readonly message: { readonly event: AuditEvent; readonly body: string } | null;
  /** Whether more waits behind it. */
  readonly hasMore: boolean;
};

/** Reads what a leased webhook is to be told of next, on one state; null when the lease is lost or there is nothing to serve. */
export async function readNextMessage(
  reader: Reader,
  { id, leaseId, now }: { readonly id: WebhookId; readonly leaseId: string; readonly now: Instant },
): Promise<NextMessage | null> {
  const webhook = await reader.webhooks.findLeased(id, leaseId);
  if (webhook === null) return null;
  const [event, after] = await reader.webhooks.eventsFor(webhook, webhook.delivery.position, 2);
  if (event === undefined) return { webhook, message: null, hasMore: false };
  const body = bodyOf(event, await keyOf(reader, webhook, event), now);
  return { webhook, message: { event, body }, hasMore: after !== undefined };
}

/** Through the schema, like an answer: a field that it does not name is a fault, and never sent. */
function bodyOf(event: AuditEvent, key: ShownKey | null, now: Instant): string {
  const data = { event: presentEvent(event), key: key === null ? null : presentKey(key, now) };
  return JSON.stringify(webhookMessage.parse({ type: event.name, timestamp: formatInstant(event.time), data }));
}

/** The key as it is now; what it was then is in the event. */
async function keyOf(reader: Reader, { accountId }: Webhook, event: AuditEvent): Promise<ShownKey | null> {
  const id = parseKeyId(event.resourceId ?? '');
  const key = id === null ? null : await reader.keys.find(accountId, id);
  if (key === null) return null;
  const owner = await reader.users.find(accountId, key.ownerId);
  const account = await reader.accounts.find(accountId);
  if (owner === null || account === null) return null;
  return { key, isOwnerDisabled: owner.disabledAt !== null, reminderDays: account.reminderDays };
}
