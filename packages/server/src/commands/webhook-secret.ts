import { Buffer } from 'node:buffer';
import { Secret, WEBHOOK_SECRET_BYTES, type WebhookId } from '@claviger/core';
import type { Webhook } from '@claviger/storage';
import type { CommandDeps } from './deps.ts';

/** A webhook with its new secret: to be shown once, now, and never again. */
export type WebhookWithSecret = { readonly webhook: Webhook; readonly secret: Secret };

/** A drawn secret, and the form in which it is kept. */
export type DrawnWebhookSecret = { readonly text: Secret; readonly stored: string };

/** Draws the secret of a webhook as Standard Webhooks writes it: `whsec_` and base64. */
export function drawWebhookSecret(
  deps: Pick<CommandDeps, 'randomBytes' | 'sealer'>,
  webhookId: WebhookId,
): DrawnWebhookSecret {
  const text = new Secret(`whsec_${Buffer.from(deps.randomBytes(WEBHOOK_SECRET_BYTES)).toString('base64')}`);
  return { text, stored: deps.sealer.encrypt(webhookSecretPurpose(webhookId), text) };
}

/** What the stored secret of a webhook is bound to: in another row it is worth nothing. */
export function webhookSecretPurpose(webhookId: WebhookId): string {
  return `webhook ${webhookId}`;
}
