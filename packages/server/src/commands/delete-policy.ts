import { ok, type PolicyId } from '@claviger/core';
import { requireAdministrator } from './acting-user.ts';
import type { CommandContext, CommandDeps } from './deps.ts';
import { findVisiblePolicy } from './managed-policy.ts';
import type { CommandOutcome } from './outcome.ts';
import { changeAs } from './run-as.ts';

/** Deletes a policy; whoever had it attached loses what it gave with the next verification (P4, P5). */
export function deletePolicy(
  deps: Pick<CommandDeps, 'change'>,
  context: CommandContext,
  policyId: PolicyId,
): CommandOutcome<{ readonly policyId: PolicyId }> {
  return changeAs(deps, context, async (acting, change) => {
    const allowed = requireAdministrator(acting);
    if (!allowed.ok) return allowed;
    const policy = await findVisiblePolicy(change.read, acting, policyId);
    if (!policy.ok) return policy;
    await change.policies.delete(policy.value);
    return ok({ policyId });
  });
}
