import { ok } from '@claviger/core';
import type { CommandContext, CommandDeps } from './deps.ts';
import type { CommandOutcome } from './outcome.ts';
import { findAttachment, type PolicyUser } from './policy-attachment.ts';
import { changeAs } from './run-as.ts';

/** Takes a policy's permissions from a user, with the next verification (P4, P5). What is not attached changes nothing. */
export function detachPolicy(
  deps: Pick<CommandDeps, 'change'>,
  context: CommandContext,
  input: PolicyUser,
): CommandOutcome<PolicyUser> {
  return changeAs(deps, context, async (acting, change) => {
    const found = await findAttachment(change.read, acting, input);
    if (!found.ok) return found;
    await change.policies.detach(found.value.policy, found.value.user);
    return ok(input);
  });
}
