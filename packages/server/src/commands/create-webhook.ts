import { newWebhookId, ok, refuse, WEBHOOKS_PER_ACCOUNT_MOST } from '@claviger/core';
import type { Webhook } from '@claviger/storage';
import type { CommandContext, CommandDeps } from './deps.ts';
import { parseWebhookUrl, requireWebhookRights } from './managed-webhook.ts';
import type { CommandOutcome } from './outcome.ts';
import { changeAs } from './run-as.ts';
import { drawWebhookSecret, type WebhookWithSecret } from './webhook-secret.ts';

export type CreateWebhookInput = Pick<Webhook, 'url' | 'eventNames' | 'description'> & { readonly isEnabled: boolean };

/** Creates a webhook (R8). It is told of what happens from now on. */
export function createWebhook(
  deps: Pick<CommandDeps, 'change' | 'randomBytes' | 'sealer' | 'outboundAllow'>,
  context: CommandContext,
  input: CreateWebhookInput,
): CommandOutcome<WebhookWithSecret> {
  return changeAs(deps, context, async (acting, change) => {
    const allowed = await requireWebhookRights(acting);
    if (!allowed.ok) return allowed;
    const url = parseWebhookUrl(input.url, deps);
    if (!url.ok) return url;
    const { account, now } = acting;
    const held = (await change.read.webhooks.list(account.id)).length;
    const most = WEBHOOKS_PER_ACCOUNT_MOST;
    if (held >= most) return refuse({ kind: 'too-many-webhooks', held, most });
    const id = newWebhookId(deps.randomBytes);
    const secret = drawWebhookSecret(deps, id);
    const webhook = await change.webhooks.create({
      id,
      accountId: account.id,
      url: url.value,
      eventNames: [...new Set(input.eventNames)],
      description: input.description,
      secret: secret.stored,
      createdAt: now,
      disabledAt: input.isEnabled ? null : now,
    });
    return ok({ webhook, secret: secret.text });
  });
}
