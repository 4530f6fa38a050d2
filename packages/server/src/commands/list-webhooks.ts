import { ok } from '@claviger/core';
import type { Webhook } from '@claviger/storage';
import { requireAdministrator } from './acting-user.ts';
import type { CommandContext, CommandDeps } from './deps.ts';
import type { Outcome } from './outcome.ts';
import { readAs } from './run-as.ts';

/** Lists the webhooks of the account, newest first, to administrators (R8). */
export function listWebhooks(deps: Pick<CommandDeps, 'read'>, context: CommandContext): Outcome<readonly Webhook[]> {
  return readAs(deps, context, async (acting, reader) => {
    const allowed = requireAdministrator(acting);
    return allowed.ok ? ok(await reader.webhooks.list(acting.account.id)) : allowed;
  });
}
