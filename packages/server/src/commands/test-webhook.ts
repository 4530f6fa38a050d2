import { refuse, type WebhookId } from '@claviger/core';
import type { Webhook } from '@claviger/storage';
import type { CommandContext, CommandDeps } from './deps.ts';
import { findAccountWebhook, findManagedWebhook } from './managed-webhook.ts';
import type { CommandOutcome } from './outcome.ts';
import { changeAs } from './run-as.ts';

/** Sends a test to a webhook: an event that only this one is told of, in its turn (R8). */
export function testWebhook(
  deps: Pick<CommandDeps, 'change'>,
  context: CommandContext,
  webhookId: WebhookId,
): CommandOutcome<Webhook> {
  return changeAs(deps, context, async (acting, change) => {
    const webhook = await findManagedWebhook(change.read, acting, webhookId);
    if (!webhook.ok) return webhook;
    const { disabledAt } = webhook.value;
    if (disabledAt !== null) return refuse({ kind: 'webhook-disabled', webhookId, since: disabledAt });
    await change.webhooks.test(webhook.value);
    return findAccountWebhook(change.read, acting, webhookId);
  });
}
