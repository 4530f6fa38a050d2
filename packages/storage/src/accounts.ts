import { type AccountId, instant, lifespan } from '@claviger/core';
import { type Kysely, type Selectable, type SelectQueryBuilder, sql } from 'kysely';
import { pageOf, placeOf } from './cursor.ts';
import type { Account } from './entities.ts';
import { type AllowlistColumn, allowlistFrom, selectAccountAllowlist } from './ip-allowlists.ts';
import { catalogueFrom, wireCatalogue } from './json-columns.ts';
import { prepareQuery } from './prepared.ts';
import type { AccountsTable, Tables } from './schema.ts';
import type { Page, PageRequest, Reader } from './store.ts';

const selectAccount = prepareQuery((db, { id }: { readonly id: AccountId }) => selectAccounts(db).where('id', '=', id));

/** Reads accounts. */
export function accountReader(db: Kysely<Tables>): Reader['accounts'] {
  return {
    find: (id) => findAccount(db, id),
    list: (page) => listAccounts(db, page),
    exist: async () => (await db.selectFrom('accounts').select('id').limit(1).executeTakeFirst()) !== undefined,
  };
}

/** Finds an account, or null. */
export async function findAccount(db: Kysely<Tables>, id: AccountId): Promise<Account | null> {
  const [row] = (await selectAccount(db, { id })).rows;
  return row === undefined ? null : accountFrom(row);
}

async function listAccounts(db: Kysely<Tables>, page: PageRequest): Promise<Page<Account>> {
  const after = placeOf(page);
  let query = selectAccounts(db);
  if (after !== null) query = query.where(sql<boolean>`(created_at, id) < (${after.at}, ${after.id})`);
  const rows = await query
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(page.limit + 1)
    .execute();
  return pageOf(rows.map(accountFrom), page.limit, ({ createdAt, id }) => ({ at: createdAt, id }));
}

/** An account's row, with the list that another table holds. */
type AccountRow = Selectable<AccountsTable> & AllowlistColumn;

/** Selects whole accounts. */
export function selectAccounts(db: Kysely<Tables>): SelectQueryBuilder<Tables, 'accounts', AccountRow> {
  return db.selectFrom('accounts').selectAll().select(selectAccountAllowlist());
}

/** An account as its row holds it. */
export function accountFrom(row: AccountRow): Account {
  return {
    id: row.id as AccountId,
    name: row.name,
    createdAt: instant(row.created_at),
    defaultKeys: row.default_keys as Account['defaultKeys'],
    reminderDays: row.reminder_days,
    catalogue: catalogueFrom(row.catalogue),
    expiration: {
      lifespans: { master: lifespan(row.master_lifespan_days), write_only: lifespan(row.write_only_lifespan_days) },
      usersMayOnlyShorten: row.users_may_only_shorten === 1,
    },
    hasManagementByKeys: row.has_management_by_keys === 1,
    reminderSteps: JSON.parse(row.reminder_steps) as readonly number[],
    signIn: {
      passwordShortest: row.password_shortest,
      secondFactor: row.second_factor as Account['signIn']['secondFactor'],
      sessionIdleMinutes: row.session_idle_minutes,
      sessionLongestHours: row.session_longest_hours,
    },
    idleRule: row.idle_days === null ? null : { days: row.idle_days, action: row.idle_action as 'report' | 'disable' },
    auditRetentionDays: row.audit_retention_days,
    ipAllowlist: allowlistFrom(row),
  };
}

/** An account's row. */
export function accountRow(account: Account): Selectable<AccountsTable> {
  return {
    id: account.id,
    name: account.name,
    created_at: account.createdAt,
    default_keys: account.defaultKeys,
    reminder_days: account.reminderDays,
    catalogue: JSON.stringify(wireCatalogue(account.catalogue)),
    master_lifespan_days: account.expiration.lifespans.master,
    write_only_lifespan_days: account.expiration.lifespans.write_only,
    users_may_only_shorten: account.expiration.usersMayOnlyShorten ? 1 : 0,
    has_management_by_keys: account.hasManagementByKeys ? 1 : 0,
    reminder_steps: JSON.stringify(account.reminderSteps),
    password_shortest: account.signIn.passwordShortest,
    second_factor: account.signIn.secondFactor,
    session_idle_minutes: account.signIn.sessionIdleMinutes,
    session_longest_hours: account.signIn.sessionLongestHours,
    idle_days: account.idleRule?.days ?? null,
    idle_action: account.idleRule?.action ?? null,
    audit_retention_days: account.auditRetentionDays,
  };
}
