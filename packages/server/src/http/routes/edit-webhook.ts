import { editWebhook } from '../../commands/edit-webhook.ts';
import { changing, type Implementation } from '../call.ts';
import { given } from '../given.ts';
import { presentWebhook } from '../present-webhooks.ts';

/** `PATCH /v1/webhooks/{id}` (R8). */
export const editWebhookRoute: Implementation<'edit_webhook'> = changing({
  run: (deps, { context, ids, body }) => {
    const description = body.description === undefined ? {} : { description: body.description };
    const edit = { ...given('url', body.url), ...given('eventNames', body.event_names), ...description };
    return editWebhook(deps.commands, context, { webhookId: ids.id, edit, isEnabled: body.enabled ?? null });
  },
  present: (webhook, { now }) => presentWebhook(webhook, now),
});
