import { instant, type KeyId, type KeyKind, type UserId } from '@claviger/core';
import { type Kysely, sql } from 'kysely';
import { letOthersRun } from './clock.ts';
import type { Dialect } from './dialect.ts';
import type { KeyOutline } from './entities.ts';
import { isOneOf } from './is-one-of.ts';
import type { Tables } from './schema.ts';
import type { OutlineFilter } from './store.ts';

/** Rows in one statement: some milliseconds, after which others have their turn. */
const ROWS_AT_ONCE = 2_000;

type Row = {
  readonly id: string;
  readonly owner_id: string;
  readonly kind: string;
  readonly name: string;
  readonly created_at: number;
  readonly expires_at: number | null;
  readonly last_used_at: number | null;
  readonly rotated_at: number | null;
  readonly forced_at: number | null;
};

/** Reads the outlines of all keys that a filter lets through, oldest first. */
export async function readOutlines(
  db: Kysely<Tables>,
  dialect: Dialect,
  filter: OutlineFilter,
): Promise<readonly KeyOutline[]> {
  const outlines: KeyOutline[] = [];
  for (let rows: readonly Row[] | null = null; rows === null || rows.length === ROWS_AT_ONCE; ) {
    if (rows !== null) await letOthersRun();
    rows = await readSome(db, dialect, { filter, after: outlines.at(-1) ?? null });
    for (const row of rows) outlines.push(outlineFrom(row));
  }
  return outlines;
}

function readSome(
  db: Kysely<Tables>,
  dialect: Dialect,
  { filter, after }: { readonly filter: OutlineFilter; readonly after: KeyOutline | null },
): Promise<readonly Row[]> {
  const { accountId, ownerIds, kind, createdUpTo, endingAfter, forcedSince, unusedSince } = filter;
  let query = db
    .selectFrom('keys')
    .select(['id', 'owner_id', 'kind', 'name', 'created_at', 'expires_at', 'last_used_at', 'rotated_at', 'forced_at'])
    .where('account_id', '=', accountId)
    .where('created_at', '<=', createdUpTo)
    // Written so that no index is taken for it: the rows are read in the order of their creation.
    .where(sql<boolean>`(expires_at is null or expires_at + 0 > ${endingAfter})`)
    .where(sql<boolean>`(forced_at is null or forced_at + 0 >= ${forcedSince})`);
  if (ownerIds !== null) query = query.where(isOneOf(dialect, 'owner_id', ownerIds));
  if (kind !== undefined) query = query.where('kind', '=', kind);
  if (unusedSince !== undefined)
    query = query.where(sql<boolean>`coalesce(last_used_at, created_at) + 0 < ${unusedSince}`);
  if (after !== null) query = query.where(sql<boolean>`(created_at, id) > (${after.createdAt}, ${after.id})`);
  return query.orderBy('created_at').orderBy('id').limit(ROWS_AT_ONCE).execute();
}

function outlineFrom(row: Row): KeyOutline {
  return {
    id: row.id as KeyId,
    ownerId: row.owner_id as UserId,
    kind: row.kind as KeyKind,
    name: row.name,
    createdAt: instant(row.created_at),
    madeAt: instant(row.rotated_at ?? row.created_at),
    expiresAt: row.expires_at === null ? null : instant(row.expires_at),
    lastUsedAt: row.last_used_at === null ? null : instant(row.last_used_at),
    forcedAt: row.forced_at === null ? null : instant(row.forced_at),
  };
}
