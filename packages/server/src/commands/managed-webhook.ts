import { ok, refuse, type Result, type WebhookId } from '@claviger/core';
import type { Reader, Webhook } from '@claviger/storage';
import { readOutboundUrl } from '../outbound/outbound-url.ts';
import type { WebhookRefusal } from '../refusal.ts';
import type { ActingUser } from './acting-user.ts';
import { requireAdministrator } from './acting-user.ts';
import type { CommandDeps } from './deps.ts';
import { requireFreshProof } from './fresh-proof.ts';
import type { Outcome } from './outcome.ts';

/** Lets those pass who may change webhooks: administrators, just proven (U8). */
export async function requireWebhookRights(acting: ActingUser): Outcome<ActingUser> {
  const allowed = requireAdministrator(acting);
  return allowed.ok ? requireFreshProof(acting) : allowed;
}

/** Finds a webhook of the caller's account. */
export async function findAccountWebhook(reader: Reader, acting: ActingUser, webhookId: WebhookId): Outcome<Webhook> {
  const webhook = await reader.webhooks.find(acting.account.id, webhookId);
  return webhook === null ? refuse({ kind: 'webhook-not-found', webhookId }) : ok(webhook);
}

/** Finds a webhook that the caller may change. */
export async function findManagedWebhook(reader: Reader, acting: ActingUser, webhookId: WebhookId): Outcome<Webhook> {
  const allowed = await requireWebhookRights(acting);
  return allowed.ok ? findAccountWebhook(reader, acting, webhookId) : allowed;
}

/** Parses the URL of a webhook into the one form in which it is kept and connected to (Q33). */
export function parseWebhookUrl(
  text: string,
  { outboundAllow }: Pick<CommandDeps, 'outboundAllow'>,
): Result<string, WebhookRefusal> {
  const read = readOutboundUrl(text, outboundAllow);
  if ('url' in read) return ok(read.url.href);
  return refuse({ kind: 'webhook-url-not-allowed', pointer: '/url', mistake: read.mistake });
}
