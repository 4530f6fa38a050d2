import { ok } from '@claviger/core';
import type { Account } from '@claviger/storage';
import { requireAdministrator } from './acting-user.ts';
import type { CommandContext, CommandDeps } from './deps.ts';
import type { Outcome } from './outcome.ts';
import { readAs } from './run-as.ts';

/** Shows the account with its settings to those who may change them. */
export function showAccount(deps: Pick<CommandDeps, 'read'>, context: CommandContext): Outcome<Account> {
  return readAs(deps, context, async (acting) => {
    const allowed = requireAdministrator(acting);
    return allowed.ok ? ok(acting.account) : allowed;
  });
}
