import { type Kysely, type SelectQueryBuilder, type Selectable, sql } from 'kysely';
import { type Place, pageOf, placeOf } from './cursor.ts';
import type { Dialect } from './dialect.ts';
import type { Key } from './entities.ts';
import { type Condition, fewest } from './few.ts';
import { conditionsOf } from './key-conditions.ts';
import { keyFrom } from './keys.ts';
import type { KeysTable, Tables } from './schema.ts';
import type { KeyFilter, Page, PageRequest } from './store.ts';

type KeyQuery = SelectQueryBuilder<Tables, 'keys', Selectable<KeysTable>>;

/** A page of the keys a filter lets through, newest first. */
export async function listKeys(
  engine: { readonly db: Kysely<Tables>; readonly dialect: Dialect },
  filter: KeyFilter,
  page: PageRequest,
): Promise<Page<Key>> {
  const after = placeOf(page);
  const conditions = conditionsOf(filter, engine.dialect);
  const start = await fewest(engine.db, conditions);
  let query = start === null ? fromAll(engine.db, filter) : fromFew(engine.db, filter, start);
  for (const { isMet } of conditions) query = query.where(isMet);
  if (after !== null) query = query.where(sql<boolean>`(keys.created_at, keys.id) < (${after.at}, ${after.id})`);
  const rows = await query
    .orderBy('keys.created_at', 'desc')
    .orderBy('keys.id', 'desc')
    .limit(page.limit + 1)
    .execute();
  return pageOf(rows.map(keyFrom), page.limit, keyPlace);
}

function fromAll(db: Kysely<Tables>, filter: KeyFilter): KeyQuery {
  return db.selectFrom('keys').selectAll('keys').where('keys.account_id', '=', filter.accountId);
}

/** The few come first, and the keys are looked up by them: `cross join` is what keeps SQLite from turning that around. */
function fromFew(db: Kysely<Tables>, filter: KeyFilter, { ids }: Condition): KeyQuery {
  return db
    .selectFrom(sql<{ readonly id: string }>`(${ids})`.as('few'))
    .crossJoin('keys')
    .selectAll('keys')
    .whereRef('keys.id', '=', 'few.id')
    .where('keys.account_id', '=', filter.accountId) as unknown as KeyQuery;
}

function keyPlace(key: Key): Place {
  return { at: key.createdAt, id: key.id };
}
