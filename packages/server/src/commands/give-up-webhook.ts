import { ok, type Origin } from '@claviger/core';
import type { ChangeContext, Webhook, WebhookGivenUp } from '@claviger/storage';
import type { CommandDeps } from './deps.ts';

/** The server itself, at its deliveries. */
const DELIVERER: Origin = {
  actor: { kind: 'system', part: 'webhooks' },
  ipAddress: null,
  userAgent: null,
  httpMethod: null,
  path: null,
  requestId: null,
};

/** Disables a webhook that nothing can be delivered to any more (R8). */
export async function giveUpWebhook(
  deps: Pick<CommandDeps, 'change'>,
  at: Pick<ChangeContext, 'now' | 'storable'>,
  { webhook, ...why }: WebhookGivenUp & { readonly webhook: Webhook },
): Promise<void> {
  const context = { ...at, accountId: webhook.accountId, origin: DELIVERER, replay: null };
  await deps.change<string, never>(context, async (change) => ok(await change.webhooks.giveUp(webhook, why)));
}
