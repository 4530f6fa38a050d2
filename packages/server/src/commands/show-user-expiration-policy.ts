import { type ExpirationPolicy, lifespanInForce, ok, type UserExpirationPolicy, type UserId } from '@claviger/core';
import type { Account, User } from '@claviger/storage';
import type { CommandContext, CommandDeps } from './deps.ts';
import { findManagedUser } from './managed-user.ts';
import type { Outcome } from './outcome.ts';
import { readAs } from './run-as.ts';

/** A user's own policy, and what their next keys get with the account's worked in (E3). */
export type ShownUserExpirationPolicy = { readonly own: UserExpirationPolicy; readonly inForce: ExpirationPolicy };

/** Shows the expiration policy of a user: one's own, or that of somebody one manages (E3, U3). */
export function showUserExpirationPolicy(
  deps: Pick<CommandDeps, 'read'>,
  context: CommandContext,
  userId: UserId,
): Outcome<ShownUserExpirationPolicy> {
  return readAs(deps, context, async (acting, reader) => {
    const user = await findManagedUser(reader, acting, { userId, pointer: null });
    return user.ok ? ok(shownUserExpirationPolicy(acting.account, user.value.expiration)) : user;
  });
}

/** Works out what a user's policy comes to beside the account's (E3). */
export function shownUserExpirationPolicy({ expiration }: Account, own: User['expiration']): ShownUserExpirationPolicy {
  return {
    own,
    inForce: {
      master: lifespanInForce(expiration, own, 'master'),
      write_only: lifespanInForce(expiration, own, 'write_only'),
    },
  };
}
