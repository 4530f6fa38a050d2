import {
  type AccountId,
  instant,
  type KeyKind,
  type Lifespan,
  lifespan,
  type PolicyId,
  type UserExpirationPolicy,
  type UserId,
} from '@claviger/core';
import { type AliasedRawBuilder, type Kysely, type Selectable, type SelectQueryBuilder, sql } from 'kysely';
import { type Place, pageOf, placeOf } from './cursor.ts';
import type { User, UserOutline } from './entities.ts';
import { type AllowlistColumn, allowlistFrom, selectUserAllowlist } from './ip-allowlists.ts';
import { isOneOf } from './is-one-of.ts';
import { userIdsFrom } from './json-columns.ts';
import type { Dialect } from './dialect.ts';
import { prepareQuery } from './prepared.ts';
import type { Tables, UsersTable } from './schema.ts';
import type { Page, PageRequest, Reader } from './store.ts';

/** A user's row with what other tables hold of the user, each as one text. */
export type UserRow = Selectable<UsersTable> &
  AllowlistColumn & {
    readonly policy_ids: string | null;
    readonly lifespans: string | null;
  };

const selectUser = prepareQuery((db, { accountId, id }: { readonly accountId: AccountId; readonly id: UserId }) =>
  selectUsers(db).where('id', '=', id).where('account_id', '=', accountId),
);

/** Reads users. */
export function userReader(db: Kysely<Tables>, dialect: Dialect): Reader['users'] {
  return {
    find: (accountId, id) => findUser(db, accountId, id),
    findByEmail: (email) => findByEmail(db, email),
    passwordHashOf: async (id) => {
      const row = await db.selectFrom('users').select('password_hash').where('id', '=', id).executeTakeFirst();
      return row?.password_hash ?? null;
    },
    serviceAccounts: async (accountId) => {
      const rows = await db
        .selectFrom('users')
        .select(['id', 'contacts'])
        .where('account_id', '=', accountId)
        .where(sql<boolean>`is_service_account = 1`)
        .where('disabled_at', 'is', null)
        .orderBy('id')
        .execute();
      return rows.map((row) => ({ id: row.id as UserId, contacts: userIdsFrom(row.contacts) }));
    },
    administrativeOf: async (accountId) => {
      const rows = await selectUsers(db)
        .where('account_id', '=', accountId)
        .where('user_type', 'in', ['owner', 'administrator'])
        .where('disabled_at', 'is', null)
        .orderBy('created_at')
        .orderBy('id')
        .execute();
      return rows.map(userFrom);
    },
    ownerOf: async (accountId) => {
      const row = await selectUsers(db)
        .where('account_id', '=', accountId)
        .where('user_type', '=', 'owner')
        .executeTakeFirst();
      return row === undefined ? null : userFrom(row);
    },
    list: (accountId, only, page) => listUsers(db, { accountId, only, dialect }, page),
    restrictedIds: (accountId) => restrictedIds(db, accountId),
    outlines: (accountId) => readUserOutlines(db, accountId),
    withContact: (accountId, id) => usersWithContact(db, accountId, id),
  };
}

/** Finds a user of an account, or null. */
export async function findUser(db: Kysely<Tables>, accountId: AccountId, id: UserId): Promise<User | null> {
  const [row] = (await selectUser(db, { accountId, id })).rows;
  return row === undefined ? null : userFrom(row);
}

/** Selects whole users: their attached policies and own lifespans come along as texts. */
export function selectUsers(db: Kysely<Tables>): SelectQueryBuilder<Tables, 'users', UserRow> {
  return db
    .selectFrom('users')
    .selectAll()
    .select([
      sql<string | null>`(select string_agg(policy_id, ',' order by policy_id) from policy_users
        where policy_users.user_id = users.id)`.as('policy_ids'),
      selectLifespans(),
      selectUserAllowlist(),
    ]);
}

/** Selects the lifespans that a user has of their own, as one text. */
function selectLifespans(): AliasedRawBuilder<string | null, 'lifespans'> {
  return sql<string | null>`(select string_agg(kind || ':' || coalesce(cast(lifespan_days as text), ''), ',')
    from user_lifespans where user_lifespans.user_id = users.id)`.as('lifespans');
}

async function readUserOutlines(db: Kysely<Tables>, accountId: AccountId): Promise<readonly UserOutline[]> {
  const rows = await db
    .selectFrom('users')
    .select(['id', 'user_type', selectLifespans()])
    .where('account_id', '=', accountId)
    .orderBy('id')
    .execute();
  return rows.map((row) => ({
    id: row.id as UserId,
    userType: row.user_type as User['userType'],
    expiration: lifespansFrom(row.lifespans),
  }));
}

/** A user as the row holds them. */
export function userFrom(row: UserRow): User {
  return {
    id: row.id as UserId,
    accountId: row.account_id as AccountId,
    name: row.name,
    email: row.email,
    userType: row.user_type as User['userType'],
    isServiceAccount: row.is_service_account === 1,
    endsReportedKeys: row.ends_reported_keys === 1,
    ipAllowlist: allowlistFrom(row),
    contacts: userIdsFrom(row.contacts),
    createdAt: instant(row.created_at),
    disabledAt: row.disabled_at === null ? null : instant(row.disabled_at),
    expiration: lifespansFrom(row.lifespans),
    policyIds: row.policy_ids === null ? [] : (row.policy_ids.split(',') as PolicyId[]),
  };
}

/** A user's row. Policies and own lifespans are rows of their own. */
export function userRow(user: User, passwordHash: string | null): Selectable<UsersTable> {
  return {
    id: user.id,
    account_id: user.accountId,
    name: user.name,
    email: user.email,
    email_lower: user.email === null ? null : lowerCase(user.email),
    user_type: user.userType,
    is_service_account: user.isServiceAccount ? 1 : 0,
    ends_reported_keys: user.endsReportedKeys ? 1 : 0,
    contacts: JSON.stringify(user.contacts),
    created_at: user.createdAt,
    disabled_at: user.disabledAt,
    password_hash: passwordHash,
  };
}

async function findByEmail(db: Kysely<Tables>, email: string): ReturnType<Reader['users']['findByEmail']> {
  const row = await selectUsers(db).where('email_lower', '=', lowerCase(email)).executeTakeFirst();
  return row === undefined ? null : { ...userFrom(row), passwordHash: row.password_hash };
}

async function restrictedIds(db: Kysely<Tables>, accountId: AccountId): Promise<readonly UserId[]> {
  const rows = await db
    .selectFrom('users')
    .select('id')
    .where('account_id', '=', accountId)
    .where('user_type', '=', 'restricted')
    .orderBy('id')
    .execute();
  return rows.map((row) => row.id as UserId);
}

/** The text is found by the database, the very id here: a pattern takes any letter for `_`, and on SQLite `a` for `A`. */
export async function usersWithContact(db: Kysely<Tables>, accountId: AccountId, id: UserId): Promise<readonly User[]> {
  const rows = await selectUsers(db)
    .where('account_id', '=', accountId)
    .where('is_service_account', '=', 1)
    .where('contacts', 'like', `%${id}%`)
    .orderBy('id')
    .execute();
  return rows.map(userFrom).filter((user) => user.contacts.includes(id));
}

async function listUsers(
  db: Kysely<Tables>,
  filter: { readonly accountId: AccountId; readonly only: readonly UserId[] | null; readonly dialect: Dialect },
  page: PageRequest,
): Promise<Page<User>> {
  const after = placeOf(page);
  let query = selectUsers(db).where('account_id', '=', filter.accountId);
  if (filter.only !== null) query = query.where(isOneOf(filter.dialect, 'id', filter.only));
  if (after !== null) query = query.where(sql<boolean>`(created_at, id) < (${after.at}, ${after.id})`);
  const rows = await query
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(page.limit + 1)
    .execute();
  return pageOf(rows.map(userFrom), page.limit, userPlace);
}

function userPlace(user: User): Place {
  return { at: user.createdAt, id: user.id };
}

/** `master:90,write_only:` — days, or nothing for never; a kind that is absent follows the account's policy (E3). */
function lifespansFrom(text: string | null): UserExpirationPolicy {
  const policy: Partial<Record<KeyKind, Lifespan>> = {};
  for (const entry of text === null ? [] : text.split(',')) {
    const [kind, days] = entry.split(':');
    policy[kind as KeyKind] = lifespan(days === '' ? null : Number(days));
  }
  return policy;
}

/** E-mail addresses differ by more than case only on paper: nobody may take `Ann@` beside `ann@` (T1). */
export function lowerCase(email: string): string {
  return email.toLowerCase();
}
