import { ok, type ResourceCatalogue } from '@claviger/core';
import { requireAdministrator } from './acting-user.ts';
import type { CommandContext, CommandDeps } from './deps.ts';
import type { Outcome } from './outcome.ts';
import { readAs } from './run-as.ts';

/** Shows what there is to permit in the account (P3), to those who make policies of it. */
export function showCatalogue(deps: Pick<CommandDeps, 'read'>, context: CommandContext): Outcome<ResourceCatalogue> {
  return readAs(deps, context, async (acting) => {
    const allowed = requireAdministrator(acting);
    return allowed.ok ? ok(acting.account.catalogue) : allowed;
  });
}
