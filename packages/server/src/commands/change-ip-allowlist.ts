import { type AllowlistEntry, ok, parseIpRange, refuse, type Result, type UserId } from '@claviger/core';
import type { AllowlistRules, IpAllowlist } from '@claviger/storage';
import type { FieldProblem, FieldRefusal, LockoutRefusal } from '../refusal.ts';
import { type ActingUser, requireAdministrator } from './acting-user.ts';
import { judgeAtPortal, type ListHolders } from './allowlist-of.ts';
import type { CommandContext, CommandDeps } from './deps.ts';
import { requireFreshProof } from './fresh-proof.ts';
import { formatIpRange } from './ip-range-text.ts';
import { findManagedUser } from './managed-user.ts';
import type { CommandOutcome } from './outcome.ts';
import { changeAs } from './run-as.ts';
import { type ShownIpAllowlist, type ShownUserIpAllowlist, shownUserIpAllowlist } from './show-ip-allowlist.ts';

/** The whole new list; null takes it away. */
export type ChangeIpAllowlistInput = {
  readonly rules: AllowlistRules | null;
  /** Whether the caller means it although it locks them out (I5). */
  readonly isLockoutConfirmed: boolean;
};

/** Sets the account's IP allowlist, by the Owner or an administrator with a fresh proof (I4, U8). */
export function changeIpAllowlist(
  deps: Pick<CommandDeps, 'change'>,
  context: CommandContext,
  input: ChangeIpAllowlistInput,
): CommandOutcome<ShownIpAllowlist> {
  return changeAs(deps, context, async (acting, change) => {
    const allowed = requireEditor(acting);
    if (!allowed.ok) return allowed;
    const { account, user } = acting;
    const rules = canonical(input.rules);
    if (!rules.ok) return rules;
    const list = listAt(acting, rules.value);
    const holders = { account: { ipAllowlist: list }, user };
    const safe = checkLockout(context, holders, input);
    if (!safe.ok) return safe;
    await change.ipAllowlists.changeOfAccount(account, list);
    const after = await change.read.accounts.find(account.id);
    return ok({ list: after?.ipAllowlist ?? null, address: context.change.origin.ipAddress });
  });
}

/**
 * Sets one user's IP allowlist: administrators their own and those of restricted users, the Owner anybody's (I4, U8). Without
 * a list, the account's holds (I1).
 */
export function changeUserIpAllowlist(
  deps: Pick<CommandDeps, 'change'>,
  context: CommandContext,
  input: ChangeIpAllowlistInput & { readonly userId: UserId },
): CommandOutcome<ShownUserIpAllowlist> {
  return changeAs(deps, context, async (acting, change) => {
    const found = await findManagedUser(change.read, acting, { userId: input.userId, pointer: null });
    if (!found.ok) return found;
    const allowed = requireEditor(acting);
    if (!allowed.ok) return allowed;
    const { account } = acting;
    const rules = canonical(input.rules);
    if (!rules.ok) return rules;
    const list = listAt(acting, rules.value);
    const isOwn = found.value.id === acting.user.id;
    const safe = isOwn ? checkLockout(context, { account, user: { ipAllowlist: list } }, input) : ok(null);
    if (!safe.ok) return safe;
    await change.ipAllowlists.changeOfUser(found.value, list);
    const after = await change.read.users.find(account.id, found.value.id);
    return ok(shownUserIpAllowlist(account, after ?? found.value, context));
  });
}

function requireEditor(
  acting: ActingUser,
): ReturnType<typeof requireAdministrator> | ReturnType<typeof requireFreshProof> {
  const allowed = requireAdministrator(acting);
  return allowed.ok ? requireFreshProof(acting) : allowed;
}

/** Whoever would be refused from where they are now has to say that this is meant (I5). */
function checkLockout(
  context: CommandContext,
  after: ListHolders,
  { isLockoutConfirmed }: ChangeIpAllowlistInput,
): Result<null, LockoutRefusal> {
  const address = context.change.origin.ipAddress;
  const isLockedOut = judgeAtPortal(after, address).refusal !== null;
  return isLockedOut && !isLockoutConfirmed ? refuse({ kind: 'lockout-unconfirmed', address }) : ok(null);
}

/** Ranges in their one form, and no entry twice; of two that differ in their notes only, the first stays (I2). */
function canonical(rules: AllowlistRules | null): Result<AllowlistRules | null, FieldRefusal> {
  if (rules === null) return ok(null);
  const problems: FieldProblem[] = [];
  const entries = new Map<string, AllowlistEntry>();
  for (const [index, entry] of rules.entries.entries()) {
    const range = parseIpRange(entry.cidr);
    if (range === null) {
      problems.push({ pointer: `/entries/${index}/cidr`, kind: 'not-an-ip-range', value: entry.cidr });
      continue;
    }
    const cidr = formatIpRange(range);
    const name = `${cidr} ${entry.scope}`;
    if (!entries.has(name)) entries.set(name, { ...entry, cidr });
  }
  if (problems.length > 0) return refuse({ kind: 'malformed-fields', problems });
  return ok({ mode: rules.mode, entries: [...entries.values()] });
}

function listAt({ now }: ActingUser, rules: AllowlistRules | null): IpAllowlist | null {
  return rules === null ? null : { ...rules, changedAt: now };
}
