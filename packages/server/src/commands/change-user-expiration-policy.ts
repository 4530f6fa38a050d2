import {
  isLongerLifespan,
  type KeyKind,
  ok,
  refuse,
  type Result,
  type SystemExpirationPolicy,
  type UserExpirationPolicy,
  type UserId,
} from '@claviger/core';
import type { UserPolicyTooLong } from '../refusal.ts';
import { requireAdministrator } from './acting-user.ts';
import type { CommandContext, CommandDeps } from './deps.ts';
import { isChanging } from './is-changing.ts';
import { findManagedUser } from './managed-user.ts';
import type { CommandOutcome } from './outcome.ts';
import { changeAs } from './run-as.ts';
import { type ShownUserExpirationPolicy, shownUserExpirationPolicy } from './show-user-expiration-policy.ts';

/** The whole new policy: a kind that is absent follows the account's; `{}` takes the user's own policy away. */
export type ChangeUserExpirationPolicyInput = { readonly userId: UserId; readonly policy: UserExpirationPolicy };

/**
 * Sets one user's expiration policy (E3): administrators for restricted users and themselves, the Owner for anyone.
 * Existing keys stay as they are (E6). Nobody restricted sets their own.
 */
export function changeUserExpirationPolicy(
  deps: Pick<CommandDeps, 'change'>,
  context: CommandContext,
  { userId, policy }: ChangeUserExpirationPolicyInput,
): CommandOutcome<ShownUserExpirationPolicy> {
  return changeAs(deps, context, async (acting, change) => {
    const found = await findManagedUser(change.read, acting, { userId, pointer: null });
    if (!found.ok) return found;
    const allowed = requireAdministrator(acting);
    if (!allowed.ok) return allowed;
    const fitting = checkLength(acting.account.expiration, policy);
    if (!fitting.ok) return fitting;
    const user = found.value;
    if (isChanging({ expiration: sorted(user.expiration) }, { expiration: sorted(policy) })) {
      await change.users.changeExpirationPolicy(user, policy);
    }
    return ok(shownUserExpirationPolicy(acting.account, policy));
  });
}

const KINDS = ['master', 'write_only'] as const satisfies readonly KeyKind[];

/** Where users' policies may only shorten, a longer one is refused rather than silently cut (E3). */
function checkLength(
  system: SystemExpirationPolicy,
  policy: UserExpirationPolicy,
): Result<UserExpirationPolicy, UserPolicyTooLong> {
  if (!system.usersMayOnlyShorten) return ok(policy);
  for (const keyKind of KINDS) {
    const asked = policy[keyKind];
    const longest = system.lifespans[keyKind];
    if (asked !== undefined && isLongerLifespan(asked, longest)) {
      return refuse({ kind: 'user-policy-too-long', keyKind, asked, longest });
    }
  }
  return ok(policy);
}

/** The policy in one order of kinds, so that comparing texts compares policies. */
function sorted(policy: UserExpirationPolicy): readonly unknown[] {
  return KINDS.map((kind) => (policy[kind] === undefined ? 'absent' : policy[kind]));
}
