import { ok, type WebhookId } from '@claviger/core';
import type { CommandContext, CommandDeps } from './deps.ts';
import { findManagedWebhook } from './managed-webhook.ts';
import type { CommandOutcome } from './outcome.ts';
import { changeAs } from './run-as.ts';

/** Deletes a webhook; nothing more is sent, also of what waits for a retry (R8). */
export function deleteWebhook(
  deps: Pick<CommandDeps, 'change'>,
  context: CommandContext,
  webhookId: WebhookId,
): CommandOutcome<{ readonly webhookId: WebhookId }> {
  return changeAs(deps, context, async (acting, change) => {
    const webhook = await findManagedWebhook(change.read, acting, webhookId);
    if (!webhook.ok) return webhook;
    await change.webhooks.delete(webhook.value);
    return ok({ webhookId });
  });
}
