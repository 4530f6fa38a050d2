import { isAdministrative, ok } from '@claviger/core';
import type { Page, PageRequest, Policy } from '@claviger/storage';
import type { CommandContext, CommandDeps } from './deps.ts';
import type { Outcome } from './outcome.ts';
import { readAs } from './run-as.ts';

/** Lists policies, newest first: all for administrators, those attached to them for everybody else (P5). */
export function listPolicies(
  deps: Pick<CommandDeps, 'read'>,
  context: CommandContext,
  page: PageRequest,
): Outcome<Page<Policy>> {
  return readAs(deps, context, async ({ user, account }, reader) =>
    ok(await reader.policies.list(account.id, isAdministrative(user.userType) ? null : user.policyIds, page)),
  );
}
