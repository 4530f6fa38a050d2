import { newPolicyId, ok } from '@claviger/core';
import type { Policy } from '@claviger/storage';
import { requireAdministrator } from './acting-user.ts';
import type { CommandContext, CommandDeps } from './deps.ts';
import type { CommandOutcome } from './outcome.ts';
import { checkPermissions } from './permission-bounds.ts';
import { changeAs } from './run-as.ts';

export type CreatePolicyInput = Pick<Policy, 'name' | 'description' | 'permissions'>;

/** Creates a policy (P2, P5). Whoever may, may do everything themselves, so it gives nothing its maker lacks (P1, P6). */
export function createPolicy(
  deps: Pick<CommandDeps, 'change' | 'randomBytes'>,
  context: CommandContext,
  input: CreatePolicyInput,
): CommandOutcome<Policy> {
  return changeAs(deps, context, async (acting, change) => {
    const allowed = requireAdministrator(acting);
    if (!allowed.ok) return allowed;
    const { account, now } = acting;
    const permissions = checkPermissions(input.permissions, account.catalogue);
    if (!permissions.ok) return permissions;
    const { name, description } = input;
    const id = newPolicyId(deps.randomBytes);
    const policy: Policy = {
      id,
      accountId: account.id,
      name,
      description,
      permissions: permissions.value,
      createdAt: now,
    };
    await change.policies.create(policy);
    return ok(policy);
  });
}
