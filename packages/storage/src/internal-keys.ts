import { type AccountId, instant, type InternalKeyId } from '@claviger/core';
import { type Kysely, type Selectable, type SelectQueryBuilder, sql } from 'kysely';
import type { InternalKey } from './entities.ts';
import type { InternalKeysTable, Tables } from './schema.ts';
import type { Reader } from './store.ts';

/** An internal key's row with the accounts it is bound to, as one text. */
export type InternalKeyRow = Selectable<InternalKeysTable> & { readonly account_ids: string | null };

/** Reads internal keys (K11). */
export function internalKeyReader(db: Kysely<Tables>): Reader['internalKeys'] {
  return {
    list: async () => {
      const rows = await selectInternalKeys(db).orderBy('created_at', 'desc').orderBy('id', 'desc').execute();
      return rows.map(internalKeyFrom);
    },
  };
}

/** Selects whole internal keys: the accounts they are bound to come along as one text (T1). */
export function selectInternalKeys(db: Kysely<Tables>): SelectQueryBuilder<Tables, 'internal_keys', InternalKeyRow> {
  return db
    .selectFrom('internal_keys')
    .selectAll()
    .select(
      sql<string | null>`(select string_agg(account_id, ',' order by account_id) from internal_key_accounts
        where internal_key_accounts.internal_key_id = internal_keys.id)`.as('account_ids'),
    );
}

/** An internal key as the row holds it. */
export function internalKeyFrom(row: InternalKeyRow): InternalKey {
  return {
    id: row.id as InternalKeyId,
    purpose: row.purpose as InternalKey['purpose'],
    accountIds: row.account_ids === null ? [] : (row.account_ids.split(',') as AccountId[]),
    createdAt: instant(row.created_at),
    endedAt: row.ended_at === null ? null : instant(row.ended_at),
  };
}
