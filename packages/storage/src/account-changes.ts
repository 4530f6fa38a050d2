import {
  changesBetween,
  operationsTakenAway,
  type ResourceCatalogue,
  type SystemExpirationPolicy,
} from '@claviger/core';
import { accountRow, findAccount } from './accounts.ts';
import type { Account } from './entities.ts';
import {
  absent,
  accountAttributes,
  catalogueAttributes,
  reminderAttributes,
  systemPolicyAttributes,
} from './event-attributes.ts';
import { accountRecord, NONE_RECORD } from './feed-records.ts';
import { keepIdleRule } from './idle-keys.ts';
import type { AccountSettings, Change } from './store.ts';
import { note, type Unit } from './unit.ts';

/** Changes accounts. */
export function accountChanges(unit: Unit): Change['accounts'] {
  return {
    create: (account) => createAccount(unit, account),
    changeExpirationPolicy: (account, to) => changeExpirationPolicy(unit, account, to),
    changeReminders: (account, to) => changeReminders(unit, account, to),
    changeSettings: (account, to) => changeSettings(unit, account, to),
    changeCatalogue: (account, to) => changeCatalogue(unit, account, to),
  };
}

async function createAccount(unit: Unit, account: Account): Promise<void> {
  await unit.db.insertInto('accounts').values(accountRow(account)).execute();
  if (account.idleRule !== null) await keepRule(unit, account);
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

async function changeReminders(
  unit: Unit,
  account: Account,
  to: Pick<Account, 'reminderDays' | 'reminderSteps'>,
): Promise<void> {
  const before = await currentAccount(unit, account);
  const after: Account = { ...before, ...to };
  const changes = changesBetween(reminderAttributes(before), reminderAttributes(after));
  if (changes.length === 0) return;
  const { reminder_days, reminder_steps } = accountRow(after);
  await unit.db.updateTable('accounts').set({ reminder_days, reminder_steps }).where('id', '=', account.id).execute();
  // Verifiers tell callers that a key is about to expire (E13): the period is their business, the further steps are not.
  const isForVerifiers = before.reminderDays !== after.reminderDays;
  noteAccount(unit, after, { name: 'reminder_settings.changed', changes, isForVerifiers });
}

async function changeSettings(unit: Unit, account: Account, to: AccountSettings): Promise<void> {
  const before = await currentAccount(unit, account);
  const after: Account = { ...before, ...to };
  const changes = changesBetween(accountAttributes(before), accountAttributes(after));
  if (changes.length === 0) return;
  const { id: _id, created_at: _createdAt, ...row } = accountRow(after);
  await unit.db.updateTable('accounts').set(row).where('id', '=', account.id).execute();
  if (changes.some(({ attribute }) => attribute === 'idle_rule')) await keepRule(unit, after);
  noteAccount(unit, after, { name: 'account.changed', changes, isForVerifiers: false });
}

/** A rule that was set or changed gives notice anew, and tells anew what it does (E14). */
async function keepRule(unit: Unit, { id: accountId, idleRule }: Account): Promise<void> {
  await keepIdleRule(unit.db, { accountId, since: idleRule === null ? null : unit.context.now });
}

async function changeCatalogue(unit: Unit, account: Account, to: ResourceCatalogue): Promise<void> {
  const before = await currentAccount(unit, account);
  const after: Account = { ...before, catalogue: to };
  const changes = changesBetween(catalogueAttributes(before, after), catalogueAttributes(after, before));
  if (changes.length === 0) return;
  for (const { resourceType, operation, isIngestion } of operationsTakenAway(before.catalogue, to)) {
    await unit.db
      .insertInto('retired_operations')
      .values({
        account_id: account.id,
        resource_type: resourceType,
        operation,
        is_ingestion: isIngestion ? 1 : 0,
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
  const { catalogue } = accountRow(after);
  await unit.db.updateTable('accounts').set({ catalogue }).where('id', '=', account.id).execute();
  noteAccount(unit, after, { name: 'resource_catalogue.changed', changes, isForVerifiers: true });
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
