import { type AllowlistInForce, ok, type UserId } from '@claviger/core';
import type { Account, IpAllowlist, User } from '@claviger/storage';
import { requireAdministrator } from './acting-user.ts';
import { allowlistOf } from './allowlist-of.ts';
import type { CommandContext, CommandDeps } from './deps.ts';
import { findManagedUser } from './managed-user.ts';
import type { Outcome } from './outcome.ts';
import { readAs } from './run-as.ts';

/** A list, with the address that it was asked for from. */
export type ShownIpAllowlist = { readonly list: IpAllowlist | null; readonly address: string | null };

/** A user's own list, and what is in force for them (I1). */
export type ShownUserIpAllowlist = ShownIpAllowlist & {
  readonly userId: UserId;
  readonly inForce: AllowlistInForce<IpAllowlist> | null;
};

/** Shows the account's list to who may edit it (I4). */
export function showIpAllowlist(deps: Pick<CommandDeps, 'read'>, context: CommandContext): Outcome<ShownIpAllowlist> {
  return readAs(deps, context, async (acting) => {
    const allowed = requireAdministrator(acting);
    if (!allowed.ok) return allowed;
    return ok({ list: acting.account.ipAllowlist, address: context.change.origin.ipAddress });
  });
}

/** Shows the list of a user: one's own, or that of somebody one manages (I4). */
export function showUserIpAllowlist(
  deps: Pick<CommandDeps, 'read'>,
  context: CommandContext,
  userId: UserId,
): Outcome<ShownUserIpAllowlist> {
  return readAs(deps, context, async (acting, reader) => {
    const user = await findManagedUser(reader, acting, { userId, pointer: null });
    return user.ok ? ok(shownUserIpAllowlist(acting.account, user.value, context)) : user;
  });
}

/** Works out what a user's list comes to beside the account's (I1). */
export function shownUserIpAllowlist(
  account: Pick<Account, 'ipAllowlist'>,
  user: Pick<User, 'id' | 'ipAllowlist'>,
  context: CommandContext,
): ShownUserIpAllowlist {
  return {
    userId: user.id,
    list: user.ipAllowlist,
    address: context.change.origin.ipAddress,
    inForce: allowlistOf({ account, user }),
  };
}
