import { isAdministrative, ok } from '@claviger/core';
import type { Page, PageRequest, User } from '@claviger/storage';
import type { CommandContext, CommandDeps } from './deps.ts';
import type { Outcome } from './outcome.ts';
import { readAs } from './run-as.ts';

/** Lists users, newest first: administrators see everybody of the account, restricted users only themselves. */
export function listUsers(
  deps: Pick<CommandDeps, 'read'>,
  context: CommandContext,
  page: PageRequest,
): Outcome<Page<User>> {
  return readAs(deps, context, async ({ user, account }, reader) =>
    ok(await reader.users.list(account.id, isAdministrative(user.userType) ? null : [user.id], page)),
  );
}
