import { ok, POLICIES_PER_USER_MOST, refuse } from '@claviger/core';
import type { CommandContext, CommandDeps } from './deps.ts';
import type { CommandOutcome } from './outcome.ts';
import { findAttachment, type PolicyUser } from './policy-attachment.ts';
import { changeAs } from './run-as.ts';

/** Gives a user a policy's permissions, with the next verification (P4, P5). What is attached already changes nothing. */
export function attachPolicy(
  deps: Pick<CommandDeps, 'change'>,
  context: CommandContext,
  input: PolicyUser,
): CommandOutcome<PolicyUser> {
  return changeAs(deps, context, async (acting, change) => {
    const found = await findAttachment(change.read, acting, input);
    if (!found.ok) return found;
    const { policy, user } = found.value;
    const held = user.policyIds.length;
    if (held >= POLICIES_PER_USER_MOST && !user.policyIds.includes(policy.id)) {
      return refuse({ kind: 'too-many-policies', userId: user.id, held, most: POLICIES_PER_USER_MOST });
    }
    await change.policies.attach(policy, user);
    return ok(input);
  });
}
