import { changesBetween, type SystemExpirationPolicy } from '@claviger/core';
import { accountRow, findAccount } from './accounts.ts';
import type { Account } from './entities.ts';
import { absent, accountAttributes, systemPolicyAttributes } from './event-attributes.ts';
import { accountRecord, NONE_RECORD } from './feed-records.ts';
import type { Change } from './store.ts';
import { note, type Unit } from './unit.ts';

/** Changes accounts. */
export function accountChanges(unit: Unit): Change['accounts'] {
  return {
    create: (account) => createAccount(unit, account),
    changeExpirationPolicy: (account, to) => changeExpirationPolicy(unit, account, to),
    changeReminderDays: (account, days) => changeReminderDays(unit, account, days),
  };
}

async function createAccount(unit: Unit, account: Account): Promise<void> {
  await unit.db.insertInto('accounts').values(accountRow(account)).execute();
  const attributes = accountAttributes(account);
  const changes = changesBetween(absent(attributes), attributes);
  noteAccount(unit, account, { name: 'account.created', changes, isForVerifiers: true });
}

async function changeExpirationPolicy(unit: Unit, account: Account, to: SystemExpirationPolicy): Promise<void> {
  const before = await currentAccount(unit, account);
  const after: Account = { ...before, expiration: to };
  const changes = changesBetween(systemPolicyAttributes(before), systemPolicyAttributes(after));
  if (changes.length === 0) return;
  const { master_lifespan_days, write_only_lifespan_days, users_may_only_shorten } = accountRow(after);
  await unit.db
    .updateTable('accounts')
    .set({ master_lifespan_days, write_only_lifespan_days, users_may_only_shorten })
    .where('id', '=', account.id)
    .execute();
  noteAccount(unit, after, { name: 'expiration_policy.changed', changes, isForVerifiers: false });
}

async function changeReminderDays(unit: Unit, account: Account, days: number): Promise<void> {
  const before = await currentAccount(unit, account);
  if (before.reminderDays === days) return;
  await unit.db.updateTable('accounts').set({ reminder_days: days }).where('id', '=', account.id).execute();
  noteAccount(
    unit,
    { ...before, reminderDays: days },
    {
      name: 'reminder_settings.changed',
      changes: changesBetween({ days_before: before.reminderDays }, { days_before: days }),
      isForVerifiers: true,
    },
  );
}

function noteAccount(
  unit: Unit,
  account: Account,
  event: {
    readonly name: string;
    readonly changes: ReturnType<typeof changesBetween>;
    readonly isForVerifiers: boolean;
  },
): void {
  note(
    unit,
    { name: event.name, affectedUserId: null, resourceId: account.id, keyKind: null, changes: event.changes },
    { accountId: account.id, record: event.isForVerifiers ? accountRecord(account) : NONE_RECORD },
  );
}

async function currentAccount(unit: Unit, account: Account): Promise<Account> {
  const current = await findAccount(unit.db, account.id);
  if (current === null) throw new Error(`there is no account ${account.id} to change`);
  return current;
}
