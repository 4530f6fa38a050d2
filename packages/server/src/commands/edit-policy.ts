import { ok, type PolicyId } from '@claviger/core';
import type { Policy } from '@claviger/storage';
import { requireAdministrator } from './acting-user.ts';
import type { CommandContext, CommandDeps } from './deps.ts';
import { isChanging } from './is-changing.ts';
import { findVisiblePolicy } from './managed-policy.ts';
import type { CommandOutcome } from './outcome.ts';
import { checkPermissions } from './permission-bounds.ts';
import { changeAs } from './run-as.ts';

/** Absent fields stay as they are; `permissions` replaces the whole set. */
export type EditPolicyInput = {
  readonly policyId: PolicyId;
  readonly edit: Partial<Pick<Policy, 'name' | 'description' | 'permissions'>>;
};

/** Edits a policy (P5); new permissions hold for all attached users from the next verification on (P4). */
export function editPolicy(
  deps: Pick<CommandDeps, 'change'>,
  context: CommandContext,
  { policyId, edit }: EditPolicyInput,
): CommandOutcome<Policy> {
  return changeAs(deps, context, async (acting, change) => {
    const allowed = requireAdministrator(acting);
    if (!allowed.ok) return allowed;
    const policy = await findVisiblePolicy(change.read, acting, policyId);
    if (!policy.ok) return policy;
    const permissions = checkPermissions(edit.permissions ?? null, acting.account.catalogue);
    if (!permissions.ok) return permissions;
    if (isChanging(policy.value, edit)) await change.policies.edit(policy.value, edit);
    return ok({ ...policy.value, ...edit });
  });
}
