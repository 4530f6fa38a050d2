import { DAY_MS } from '@claviger/core';
import { type Kysely, type RawBuilder, type SelectQueryBuilder, sql } from 'kysely';
import { type Place, pageOf, placeOf } from './cursor.ts';
import type { Dialect } from './dialect.ts';
import type { Key } from './entities.ts';
import { isOneOf } from './is-one-of.ts';
import { keyFrom } from './keys.ts';
import type { Tables } from './schema.ts';
import type { KeyFilter, Page, PageRequest } from './store.ts';

type KeyQuery = SelectQueryBuilder<Tables, 'keys', object>;

/** A page of the keys a filter lets through, newest first. */
export async function listKeys(
  engine: { readonly db: Kysely<Tables>; readonly dialect: Dialect },
  filter: KeyFilter,
  page: PageRequest,
): Promise<Page<Key>> {
  const after = placeOf(page);
  let query = filtered(engine.db.selectFrom('keys').where('account_id', '=', filter.accountId), filter, engine.dialect);
  if (after !== null) query = query.where(sql<boolean>`(created_at, id) < (${after.at}, ${after.id})`);
  const rows = await query
    .selectAll()
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(page.limit + 1)
    .execute();
  return pageOf(rows.map(keyFrom), page.limit, keyPlace);
}

function filtered(query: KeyQuery, filter: KeyFilter, dialect: Dialect): KeyQuery {
  let narrowed = query;
  if (filter.ownerIds !== null) narrowed = narrowed.where(isOneOf(dialect, 'owner_id', filter.ownerIds));
  if (filter.kind !== undefined) narrowed = narrowed.where('kind', '=', filter.kind);
  if (filter.status !== undefined) narrowed = narrowed.where(hasStatus(filter, filter.status));
  if (filter.expiresBefore !== undefined) narrowed = narrowed.where('expires_at', '<', filter.expiresBefore);
  if (filter.unusedSince !== undefined)
    narrowed = narrowed.where(sql<boolean>`coalesce(last_used_at, created_at) < ${filter.unusedSince}`);
  if (filter.text !== undefined) narrowed = narrowed.where(containsText(filter.text));
  return narrowed;
}

/** Core's `statusWord`, in SQL: force-expired or past its end, else disabled, else by how near the end is (E9). */
function hasStatus(filter: KeyFilter, status: NonNullable<KeyFilter['status']>): RawBuilder<boolean> {
  const { now } = filter;
  const isExpired = sql<boolean>`(forced_at is not null or (expires_at is not null and expires_at <= ${now}))`;
  const isLiving = sql<boolean>`(forced_at is null and (expires_at is null or expires_at > ${now}))`;
  const soon = now + filter.reminderDays * DAY_MS;
  switch (status) {
    case 'expired':
      return isExpired;
    case 'disabled':
      return sql<boolean>`(${isLiving} and disabled_at is not null)`;
    case 'expiring':
      return sql<boolean>`(${isLiving} and disabled_at is null and expires_at <= ${soon})`;
    case 'active':
      return sql<boolean>`(${isLiving} and disabled_at is null and (expires_at is null or expires_at > ${soon}))`;
  }
}

function containsText(text: string): RawBuilder<boolean> {
  const pattern = `%${text.toLowerCase().replaceAll(/[\\%_]/g, '\\$&')}%`;
  return sql<boolean>`search_text like ${pattern} escape '\\'`;
}

function keyPlace(key: Key): Place {
  return { at: key.createdAt, id: key.id };
}
