import { ok, plusMs, WEBHOOK_SECRET_OVERLAP_MS, type WebhookId } from '@claviger/core';
import type { CommandContext, CommandDeps } from './deps.ts';
import { findManagedWebhook } from './managed-webhook.ts';
import type { CommandOutcome } from './outcome.ts';
import { changeAs } from './run-as.ts';
import { drawWebhookSecret, type WebhookWithSecret } from './webhook-secret.ts';

/** Gives a webhook a new secret; for a day both sign, and one before those ends at once (R8). */
export function rotateWebhookSecret(
  deps: Pick<CommandDeps, 'change' | 'randomBytes' | 'sealer'>,
  context: CommandContext,
  webhookId: WebhookId,
): CommandOutcome<WebhookWithSecret> {
  return changeAs(deps, context, async (acting, change) => {
    const webhook = await findManagedWebhook(change.read, acting, webhookId);
    if (!webhook.ok) return webhook;
    const secret = drawWebhookSecret(deps, webhookId);
    const rotated = await change.webhooks.rotateSecret(webhook.value, {
      secret: secret.stored,
      previousEndsAt: plusMs(acting.now, WEBHOOK_SECRET_OVERLAP_MS),
    });
    return ok({ webhook: rotated, secret: secret.text });
  });
}
