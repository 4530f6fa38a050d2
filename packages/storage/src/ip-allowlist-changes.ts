import { changesBetween } from '@claviger/core';
import { findAccount } from './accounts.ts';
import type { Account, IpAllowlist, User } from './entities.ts';
import { allowlistAttributes } from './event-attributes.ts';
import { accountRecord, userRecord } from './feed-records.ts';
import type { AllowlistRules } from './ip-allowlist-store.ts';
import type { Change } from './store.ts';
import { note, type Unit } from './unit.ts';
import { currentUser } from './user-changes.ts';

/** Changes IP allowlists (I1). Verifiers are told by the record of whom the list is of. */
export function ipAllowlistChanges(unit: Unit): Change['ipAllowlists'] {
  return {
    changeOfAccount: (account, to) => changeOfAccount(unit, account, to),
    changeOfUser: (user, to) => changeOfUser(unit, user, to),
  };
}

async function changeOfAccount(unit: Unit, { id }: Account, to: AllowlistRules | null): Promise<void> {
  const before = await findAccount(unit.db, id);
  if (before === null) throw new Error(`there is no account ${id} to change`);
  const changes = changesBetween(allowlistAttributes(before.ipAllowlist), allowlistAttributes(to));
  if (changes.length === 0) return;
  await unit.db.deleteFrom('ip_allowlists').where('account_id', '=', id).where('user_id', 'is', null).execute();
  const ipAllowlist = await insertList(unit, { account_id: id, user_id: null }, to);
  note(
    unit,
    { name: 'ip_allowlist.changed', affectedUserId: null, resourceId: id, keyKind: null, changes },
    { accountId: id, record: accountRecord({ ...before, ipAllowlist }) },
  );
}

async function changeOfUser(unit: Unit, user: User, to: AllowlistRules | null): Promise<void> {
  const before = await currentUser(unit, user);
  const changes = changesBetween(allowlistAttributes(before.ipAllowlist), allowlistAttributes(to));
  if (changes.length === 0) return;
  const { id, accountId } = before;
  await unit.db.deleteFrom('ip_allowlists').where('user_id', '=', id).execute();
  const ipAllowlist = await insertList(unit, { account_id: accountId, user_id: id }, to);
  note(
    unit,
    { name: 'ip_allowlist.changed', affectedUserId: id, resourceId: id, keyKind: null, changes },
    { accountId, record: userRecord({ ...before, ipAllowlist }) },
  );
}

async function insertList(
  unit: Unit,
  whose: { readonly account_id: string; readonly user_id: string | null },
  to: AllowlistRules | null,
): Promise<IpAllowlist | null> {
  if (to === null) return null;
  const changedAt = unit.context.now;
  const row = { ...whose, mode: to.mode, entries: JSON.stringify(to.entries), changed_at: changedAt };
  await unit.db.insertInto('ip_allowlists').values(row).execute();
  return { mode: to.mode, entries: to.entries, changedAt };
}
