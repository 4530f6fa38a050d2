import { type AccountId, instant, type PolicyId, type UserId } from '@claviger/core';
import { type Kysely, type Selectable, sql } from 'kysely';
import { type Place, pageOf, placeOf } from './cursor.ts';
import type { Dialect } from './dialect.ts';
import type { Policy } from './entities.ts';
import { isOneOf } from './is-one-of.ts';
import { permissionsFrom, wirePermissions } from './json-columns.ts';
import type { PoliciesTable, Tables } from './schema.ts';
import type { Page, PageRequest, Reader } from './store.ts';

/** Reads policies. */
export function policyReader(db: Kysely<Tables>, dialect: Dialect): Reader['policies'] {
  return {
    find: (accountId, id) => findPolicy(db, accountId, id),
    list: (accountId, only, page) => listPolicies(db, { accountId, only, dialect }, page),
    of: async (user) => {
      if (user.policyIds.length === 0) return [];
      const rows = await db
        .selectFrom('policies')
        .selectAll()
        .where('account_id', '=', user.accountId)
        .where(isOneOf(dialect, 'id', user.policyIds))
        .orderBy('id')
        .execute();
      return rows.map(policyFrom);
    },
    usersOf: (accountId, id) => usersOf(db, accountId, id),
  };
}

/** Finds a policy of an account, or null. */
export async function findPolicy(db: Kysely<Tables>, accountId: AccountId, id: PolicyId): Promise<Policy | null> {
  const row = await db
    .selectFrom('policies')
    .selectAll()
    .where('id', '=', id)
    .where('account_id', '=', accountId)
    .executeTakeFirst();
  return row === undefined ? null : policyFrom(row);
}

/** The users a policy is attached to. */
export async function usersOf(db: Kysely<Tables>, accountId: AccountId, id: PolicyId): Promise<readonly UserId[]> {
  const rows = await db
    .selectFrom('policy_users')
    .select('user_id')
    .where('policy_id', '=', id)
    .where('account_id', '=', accountId)
    .orderBy('user_id')
    .execute();
  return rows.map((row) => row.user_id as UserId);
}

/** A policy as its row holds it. */
export function policyFrom(row: Selectable<PoliciesTable>): Policy {
  return {
    id: row.id as PolicyId,
    accountId: row.account_id as AccountId,
    name: row.name,
    description: row.description,
    permissions: permissionsFrom(row.permissions),
    createdAt: instant(row.created_at),
  };
}

/** A policy's row. */
export function policyRow(policy: Policy): Selectable<PoliciesTable> {
  return {
    id: policy.id,
    account_id: policy.accountId,
    name: policy.name,
    description: policy.description,
    permissions: JSON.stringify(wirePermissions(policy.permissions)),
    created_at: policy.createdAt,
  };
}

async function listPolicies(
  db: Kysely<Tables>,
  filter: { readonly accountId: AccountId; readonly only: readonly PolicyId[] | null; readonly dialect: Dialect },
  page: PageRequest,
): Promise<Page<Policy>> {
  const after = placeOf(page);
  let query = db.selectFrom('policies').selectAll().where('account_id', '=', filter.accountId);
  if (filter.only !== null) query = query.where(isOneOf(filter.dialect, 'id', filter.only));
  if (after !== null) query = query.where(sql<boolean>`(created_at, id) < (${after.at}, ${after.id})`);
  const rows = await query
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(page.limit + 1)
    .execute();
  return pageOf(rows.map(policyFrom), page.limit, policyPlace);
}

function policyPlace(policy: Policy): Place {
  return { at: policy.createdAt, id: policy.id };
}
