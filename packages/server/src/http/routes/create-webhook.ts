import { EVERY_KEY_EVENT } from '@claviger/core';
import { createWebhook } from '../../commands/create-webhook.ts';
import { changing, type Implementation } from '../call.ts';
import { presentWebhookWithSecret } from '../present-webhooks.ts';

/** `POST /v1/webhooks` (R8): the answer holds the only copy of the secret that anybody gets. */
export const createWebhookRoute: Implementation<'create_webhook'> = changing({
  run: (deps, { context, body }) =>
    createWebhook(deps.commands, context, {
      url: body.url,
      eventNames: body.event_names ?? [EVERY_KEY_EVENT],
      description: body.description ?? null,
      isEnabled: body.enabled ?? true,
    }),
  present: presentWebhookWithSecret,
});
