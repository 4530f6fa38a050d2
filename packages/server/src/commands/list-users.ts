import { isAdministrative, ok, type PolicyId, type UserId } from '@claviger/core';
import type { Page, PageRequest, Reader, User } from '@claviger/storage';
import type { ActingUser } from './acting-user.ts';
import type { CommandContext, CommandDeps } from './deps.ts';
import type { Outcome } from './outcome.ts';
import { readAs } from './run-as.ts';

/** Absent filters do not filter. */
export type ListUsersInput = {
  readonly page: PageRequest;
  /** Only users who have this policy attached; one that is not there is nobody's. */
  readonly policyId?: PolicyId;
};

/** Lists users, newest first: administrators see everybody of the account, restricted users only themselves. */
export function listUsers(
  deps: Pick<CommandDeps, 'read'>,
  context: CommandContext,
  { page, policyId }: ListUsersInput,
): Outcome<Page<User>> {
  return readAs(deps, context, async (acting, reader) =>
    ok(await reader.users.list(acting.account.id, await wanted(reader, acting, policyId), page)),
  );
}

/** Whom to list: everybody (null), or only these. */
async function wanted(
  reader: Reader,
  { user, account }: ActingUser,
  policyId: PolicyId | undefined,
): Promise<readonly UserId[] | null> {
  const visible = isAdministrative(user.userType) ? null : [user.id];
  if (policyId === undefined) return visible;
  const attached = await reader.policies.usersOf(account.id, policyId);
  return visible === null ? attached : attached.filter((id) => visible.includes(id));
}
