import { DAY_MS, type KeyKind } from '@claviger/core';
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Dialect } from './dialect.ts';
import { isOneOf } from './is-one-of.ts';
import type { Tables } from './schema.ts';
import type { ExpiryCount, ExpiryFilter } from './store.ts';

/** A group of keys: a day, or one of those that stand for no day. */
type Row = { readonly day: number | null; readonly kind: string; readonly keys: number; readonly in_use: number };

/**
 * Counts living keys by the UTC day of their end (E9). One index holds all that is asked for, in the order of the ends, so
 * that no key itself is read; every end from `before` on counts as one day, the one at which `before` begins.
 */
export async function countExpiries(
  db: Kysely<Tables>,
  dialect: Dialect,
  filter: ExpiryFilter,
): Promise<readonly ExpiryCount[]> {
  const { accountId, ownerIds, kind, now, before, usedSince } = filter;
  const lastDay = before / DAY_MS;
  const isWanted: RawBuilder<unknown>[] = [sql`account_id = ${accountId}`, sql`forced_at is null`];
  if (ownerIds !== null) isWanted.push(isOneOf(dialect, 'owner_id', ownerIds));
  if (kind !== undefined) isWanted.push(sql`kind = ${kind}`);
  const count = (end: RawBuilder<unknown>, day: RawBuilder<unknown>): RawBuilder<unknown> => sql`
    select ${day} as day, kind, count(*) as keys, sum(case when last_used_at >= ${usedSince} then 1 else 0 end) as in_use
    from keys where ${sql.join([...isWanted, end], sql` and `)} group by 1, 2`;
  const { rows } = await sql<Row>`
    ${count(sql`expires_at > ${now} and expires_at < ${before}`, sql.raw(`expires_at / ${DAY_MS}`))}
    union all ${count(sql`expires_at >= ${before}`, sql.raw(String(lastDay)))}
    union all ${count(sql`expires_at is null`, sql`cast(null as bigint)`)}`.execute(db);
  return rows.map(({ day, kind: of, keys, in_use }) => ({ day, kind: of as KeyKind, keys, inUse: Number(in_use) }));
}
