import { deleteWebhook } from '../../commands/delete-webhook.ts';
import { changing, type Implementation } from '../call.ts';

/** `DELETE /v1/webhooks/{id}` (R8). */
export const deleteWebhookRoute: Implementation<'delete_webhook'> = changing({
  run: (deps, { context, ids }) => deleteWebhook(deps.commands, context, ids.id),
  present: () => null,
});
