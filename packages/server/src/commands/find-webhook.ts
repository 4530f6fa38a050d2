import type { WebhookId } from '@claviger/core';
import type { Webhook } from '@claviger/storage';
import { requireAdministrator } from './acting-user.ts';
import type { CommandContext, CommandDeps } from './deps.ts';
import { findAccountWebhook } from './managed-webhook.ts';
import type { Outcome } from './outcome.ts';
import { readAs } from './run-as.ts';

/** Finds a webhook of the account, for administrators (R8). */
export function findWebhook(
  deps: Pick<CommandDeps, 'read'>,
  context: CommandContext,
  webhookId: WebhookId,
): Outcome<Webhook> {
  return readAs(deps, context, async (acting, reader) => {
    const allowed = requireAdministrator(acting);
    return allowed.ok ? findAccountWebhook(reader, acting, webhookId) : allowed;
  });
}
