import { type KeyKind, type Lifespan, ok, refuse, type SystemExpirationPolicy } from '@claviger/core';
import { requireAdministrator } from './acting-user.ts';
import type { CommandContext, CommandDeps } from './deps.ts';
import { isChanging } from './is-changing.ts';
import type { CommandOutcome } from './outcome.ts';
import { changeAs } from './run-as.ts';

/** A kind that is absent keeps its lifespan; without `usersMayOnlyShorten` that decision stands. */
export type ChangeExpirationPolicyInput = {
  readonly lifespans: Readonly<Partial<Record<KeyKind, Lifespan>>>;
  readonly usersMayOnlyShorten?: boolean;
};

/** Sets the account's expiration policy (E1, E2). Existing keys stay as they are (E6). Only the Owner decides whether users' policies may only shorten (E3). */
export function changeExpirationPolicy(
  deps: Pick<CommandDeps, 'change'>,
  context: CommandContext,
  input: ChangeExpirationPolicyInput,
): CommandOutcome<SystemExpirationPolicy> {
  return changeAs(deps, context, async (acting, change) => {
    const allowed = requireAdministrator(acting);
    if (!allowed.ok) return allowed;
    const { account, user } = acting;
    const { lifespans, usersMayOnlyShorten } = account.expiration;
    const to: SystemExpirationPolicy = {
      lifespans: { ...lifespans, ...input.lifespans },
      usersMayOnlyShorten: input.usersMayOnlyShorten ?? usersMayOnlyShorten,
    };
    if (to.usersMayOnlyShorten !== usersMayOnlyShorten && user.userType !== 'owner') {
      return refuse({ kind: 'not-allowed', because: { rule: 'owner-only' } });
    }
    if (isChanging({ expiration: account.expiration }, { expiration: to })) {
      await change.accounts.changeExpirationPolicy(account, to);
    }
    return ok(to);
  });
}
