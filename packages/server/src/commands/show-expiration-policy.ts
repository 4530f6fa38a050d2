import { ok, type SystemExpirationPolicy } from '@claviger/core';
import { requireAdministrator } from './acting-user.ts';
import type { CommandContext, CommandDeps } from './deps.ts';
import type { Outcome } from './outcome.ts';
import { readAs } from './run-as.ts';

/** Shows the account's expiration policy to those who may set it (E1). */
export function showExpirationPolicy(
  deps: Pick<CommandDeps, 'read'>,
  context: CommandContext,
): Outcome<SystemExpirationPolicy> {
  return readAs(deps, context, async (acting) => {
    const allowed = requireAdministrator(acting);
    return allowed.ok ? ok(acting.account.expiration) : allowed;
  });
}
