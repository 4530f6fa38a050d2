import { testWebhook } from '../../commands/test-webhook.ts';
import { changing, type Implementation } from '../call.ts';
import { presentWebhook } from '../present-webhooks.ts';

/** `POST /v1/webhooks/{id}/test` (R8): what becomes of it shows in the webhook. */
export const testWebhookRoute: Implementation<'test_webhook'> = changing({
  run: (deps, { context, ids }) => testWebhook(deps.commands, context, ids.id),
  present: (webhook, { now }) => presentWebhook(webhook, now),
});
