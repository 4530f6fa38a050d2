import type { AccountId, Instant, KeyId, PolicyId, RetiredOperation } from '@claviger/core';
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Dialect } from './dialect.ts';
import type { Tables } from './schema.ts';
import type { Reader } from './store.ts';

/** Reads what the catalogues of accounts once held, and who uses what is in them. */
export function catalogueReader(db: Kysely<Tables>, dialect: Dialect): Reader['catalogues'] {
  return {
    retired: (accountId) => retiredOperations(db, accountId),
    policiesUsing: async (accountId, operations, limit) => {
      const rows = await db
        .selectFrom('policies')
        .select('id')
        .where('account_id', '=', accountId)
        .where(names(dialect, 'policies.permissions', operations))
        .orderBy('id')
        .limit(limit)
        .execute();
      return rows.map((row) => row.id as PolicyId);
    },
    keysUsing: (use, limit) => keysUsing(db, dialect, use, limit),
  };
}

async function retiredOperations(db: Kysely<Tables>, accountId: AccountId): Promise<readonly RetiredOperation[]> {
  const rows = await db
    .selectFrom('retired_operations')
    .selectAll()
    .where('account_id', '=', accountId)
    .orderBy('resource_type')
    .orderBy('operation')
    .execute();
  return rows.map(({ resource_type, operation, is_ingestion }) => ({
    resourceType: resource_type,
    operation,
    isIngestion: is_ingestion === 1,
  }));
}

type Use = { readonly accountId: AccountId; readonly operations: readonly string[]; readonly livingAt: Instant };

async function keysUsing(
  db: Kysely<Tables>,
  dialect: Dialect,
  { accountId, operations, livingAt }: Use,
  limit: number,
): Promise<readonly KeyId[]> {
  const rows = await db
    .selectFrom('keys')
    .select('id')
    .where('account_id', '=', accountId)
    .where('permissions', 'is not', null)
    .where('forced_at', 'is', null)
    .where(sql<boolean>`(expires_at is null or expires_at > ${livingAt})`)
    .where(names(dialect, 'keys.permissions', operations))
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map((row) => row.id as KeyId);
}

/** Whether a stored list of permissions names one of the operations, each given as `type:operation`. */
function names(dialect: Dialect, column: string, operations: readonly string[]): RawBuilder<boolean> {
  const wanted = JSON.stringify(operations);
  const list = sql.ref(column);
  return dialect === 'sqlite'
    ? sql<boolean>`exists (select 1 from json_each(${list}) as held where
        json_extract(held.value, '$.resource_type') || ':' || json_extract(held.value, '$.operation')
        in (select value from json_each(${wanted})))`
    : sql<boolean>`exists (select 1 from json_array_elements(${list}::json) as held where
        (held ->> 'resource_type') || ':' || (held ->> 'operation')
        in (select json_array_elements_text(${wanted}::json)))`;
}
