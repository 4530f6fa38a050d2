import { ok } from '@claviger/core';
import type { Invitation, Page, PageRequest } from '@claviger/storage';
import { requireAdministrator } from './acting-user.ts';
import type { CommandContext, CommandDeps } from './deps.ts';
import type { Outcome } from './outcome.ts';
import { readAs } from './run-as.ts';

/** Lists the account's invitations, newest first, also those that are over (U2). */
export function listInvitations(
  deps: Pick<CommandDeps, 'read'>,
  context: CommandContext,
  page: PageRequest,
): Outcome<Page<Invitation>> {
  return readAs(deps, context, async (acting, reader) => {
    const allowed = requireAdministrator(acting);
    return allowed.ok ? ok(await reader.invitations.list(acting.account.id, page)) : allowed;
  });
}
