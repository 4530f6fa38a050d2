import { isAdministrative, ok, type PolicyId, type UserId } from '@claviger/core';
import type { Policy } from '@claviger/storage';
import type { CommandContext, CommandDeps } from './deps.ts';
import { findVisiblePolicy } from './managed-policy.ts';
import type { Outcome } from './outcome.ts';
import { readAs } from './run-as.ts';

/** A policy and whom it is attached to, as far as the caller may know: others than administrators see only themselves. */
export type FoundPolicy = { readonly policy: Policy; readonly userIds: readonly UserId[] };

/** Finds a policy that the caller may read (P5). */
export function findPolicy(
  deps: Pick<CommandDeps, 'read'>,
  context: CommandContext,
  policyId: PolicyId,
): Outcome<FoundPolicy> {
  return readAs(deps, context, async (acting, reader) => {
    const policy = await findVisiblePolicy(reader, acting, policyId);
    if (!policy.ok) return policy;
    const { user, account } = acting;
    const isWide = isAdministrative(user.userType);
    return ok({
      policy: policy.value,
      userIds: isWide ? await reader.policies.usersOf(account.id, policyId) : [user.id],
    });
  });
}
