import { ok, type Result, type WebhookId } from '@claviger/core';
import type { Webhook } from '@claviger/storage';
import type { WebhookRefusal } from '../refusal.ts';
import type { CommandContext, CommandDeps } from './deps.ts';
import { isChanging } from './is-changing.ts';
import { findAccountWebhook, findManagedWebhook, parseWebhookUrl } from './managed-webhook.ts';
import type { CommandOutcome } from './outcome.ts';
import { changeAs } from './run-as.ts';

type Edit = Partial<Pick<Webhook, 'url' | 'eventNames' | 'description'>>;

/** Absent fields stay as they are. */
export type EditWebhookInput = {
  readonly webhookId: WebhookId;
  readonly edit: Edit;
  readonly isEnabled: boolean | null;
};

/** Changes where and of what a webhook tells, disables or enables it (R8). */
export function editWebhook(
  deps: Pick<CommandDeps, 'change' | 'outboundAllow'>,
  context: CommandContext,
  { webhookId, edit: asked, isEnabled }: EditWebhookInput,
): CommandOutcome<Webhook> {
  return changeAs(deps, context, async (acting, change) => {
    const webhook = await findManagedWebhook(change.read, acting, webhookId);
    if (!webhook.ok) return webhook;
    const edit = readEdit(asked, deps);
    if (!edit.ok) return edit;
    if (isChanging(webhook.value, edit.value)) await change.webhooks.edit(webhook.value, edit.value);
    if (isEnabled === false) await change.webhooks.disable(webhook.value);
    if (isEnabled === true) await change.webhooks.enable(webhook.value);
    return findAccountWebhook(change.read, acting, webhookId);
  });
}

function readEdit(asked: Edit, deps: Pick<CommandDeps, 'outboundAllow'>): Result<Edit, WebhookRefusal> {
  const eventNames = asked.eventNames === undefined ? {} : { eventNames: [...new Set(asked.eventNames)] };
  if (asked.url === undefined) return ok({ ...asked, ...eventNames });
  const url = parseWebhookUrl(asked.url, deps);
  return url.ok ? ok({ ...asked, ...eventNames, url: url.value }) : url;
}
