import { ok } from '@claviger/core';
import type { Account } from '@claviger/storage';
import { requireAdministrator } from './acting-user.ts';
import type { CommandContext, CommandDeps } from './deps.ts';
import { requireFreshProof } from './fresh-proof.ts';
import { isChanging } from './is-changing.ts';
import type { CommandOutcome } from './outcome.ts';
import { changeAs } from './run-as.ts';

/** Absent settings stay as they are; the bounds of numbers are the parser's (U7). */
export type ChangeAccountInput = Partial<Pick<Account, 'name' | 'defaultKeys' | 'hasManagementByKeys' | 'idleRule'>> & {
  readonly signIn?: Partial<Account['signIn']>;
};

/**
 * Changes the account's settings. How people sign in, and whether keys manage anything, takes a session with fresh proof
 * (U8, K14): who found an open browser or a key must not be able to loosen the first or switch off the second.
 */
export function changeAccount(
  deps: Pick<CommandDeps, 'change'>,
  context: CommandContext,
  input: ChangeAccountInput,
): CommandOutcome<Account> {
  return changeAs(deps, context, async (acting, change) => {
    const allowed = requireAdministrator(acting);
    if (!allowed.ok) return allowed;
    const isSensitive = input.signIn !== undefined || input.hasManagementByKeys !== undefined;
    const proven = isSensitive ? requireFreshProof(acting) : allowed;
    if (!proven.ok) return proven;
    const { account } = acting;
    const to = { ...input, signIn: { ...account.signIn, ...input.signIn } };
    if (isChanging(account, to)) await change.accounts.changeSettings(account, to);
    return ok({ ...account, ...to });
  });
}
