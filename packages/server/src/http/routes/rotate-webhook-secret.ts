import { rotateWebhookSecret } from '../../commands/rotate-webhook-secret.ts';
import { changing, type Implementation } from '../call.ts';
import { presentWebhookWithSecret } from '../present-webhooks.ts';

/** `POST /v1/webhooks/{id}/rotate-secret` (R8). */
export const rotateWebhookSecretRoute: Implementation<'rotate_webhook_secret'> = changing({
  run: (deps, { context, ids }) => rotateWebhookSecret(deps.commands, context, ids.id),
  present: presentWebhookWithSecret,
});
