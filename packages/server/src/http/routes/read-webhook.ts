import { findWebhook } from '../../commands/find-webhook.ts';
import { type Implementation, reading } from '../call.ts';
import { presentWebhook } from '../present-webhooks.ts';

/** `GET /v1/webhooks/{id}` (R8). */
export const readWebhookRoute: Implementation<'read_webhook'> = reading({
  run: (deps, { context, ids }) => findWebhook(deps.commands, context, ids.id),
  present: (webhook, { incoming }) => presentWebhook(webhook, incoming.now),
});
