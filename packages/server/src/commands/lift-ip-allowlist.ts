import { ok, parseAccountId, refuse, type Result } from '@claviger/core';
import type { Account, AllowlistRules, Committed, IpAllowlist, User } from '@claviger/storage';
import type { OperatorRefusal } from '../operator/refusal.ts';
import type { AnonymousContext, CommandDeps } from './deps.ts';

/** What is left of the lists: they are kept, and refuse nobody any more. */
export type LiftedIpAllowlist = { readonly account: Account; readonly owner: User };

/**
 * Lets nobody be refused by the IP allowlists of an account and of its Owner any more, by the operator: both go on in monitor
 * mode (I7), so that the Owner gets in, sees what was wrong with them, and enforces them again. Lists of other users stay; the
 * Owner mends those.
 */
export async function liftIpAllowlist(
  deps: Pick<CommandDeps, 'change'>,
  context: AnonymousContext,
  named: string,
): Promise<Result<Committed<LiftedIpAllowlist>, OperatorRefusal>> {
  const accountId = parseAccountId(named);
  if (accountId === null) return refuse({ kind: 'account-unknown', id: named });
  return deps.change<LiftedIpAllowlist, OperatorRefusal>({ ...context.change, accountId }, async (change) => {
    const { accounts, users } = change.read;
    const [account, owner] = [await accounts.find(accountId), await users.ownerOf(accountId)];
    if (account === null || owner === null) return refuse({ kind: 'account-unknown', id: named });
    await change.ipAllowlists.changeOfAccount(account, monitoring(account.ipAllowlist));
    await change.ipAllowlists.changeOfUser(owner, monitoring(owner.ipAllowlist));
    const after = { account: await accounts.find(accountId), owner: await users.ownerOf(accountId) };
    return ok({ account: after.account ?? account, owner: after.owner ?? owner });
  });
}

function monitoring(list: IpAllowlist | null): AllowlistRules | null {
  return list === null ? null : { ...list, mode: 'monitor' };
}
