import type { FeedRecord } from '@claviger/contract';
import { type Kysely, sql } from 'kysely';
import type { Dialect } from './dialect.ts';
import { keyRecord } from './feed-records.ts';
import { isOneOf } from './is-one-of.ts';
import { type SecretRow, VERIFIER_COLUMNS, verifierFacts } from './keys.ts';
import type { Tables } from './schema.ts';
import { ROWS_AT_ONCE } from './snapshot-sections.ts';
import type { StoreDeps } from './store-deps.ts';

type KeyRows = Awaited<ReturnType<typeof keysAfter>>;

/**
 * All keys with all their secrets. They come in the order in which they were created: that is how they lie on disk, and
 * reading a million rows in any other order costs four times as much.
 */
export async function* keySection(
  db: Kysely<Tables>,
  dialect: Dialect,
  deps: StoreDeps,
): AsyncGenerator<readonly FeedRecord[]> {
  let rows: KeyRows = [];
  do {
    rows = await keysAfter(db, rows.at(-1) ?? { account_id: '', created_at: -1, id: '' });
    const secrets = await secretsByKey(db, dialect, rows);
    yield rows.flatMap((row) =>
      readable(row.id, deps, () => keyRecord(verifierFacts(row), secrets.get(row.id) ?? [], deps)),
    );
  } while (rows.length === ROWS_AT_ONCE);
}

function keysAfter(
  db: Kysely<Tables>,
  after: { readonly account_id: string; readonly created_at: number; readonly id: string },
) {
  return db
    .selectFrom('keys')
    .select([...VERIFIER_COLUMNS, 'created_at'])
    .where(sql<boolean>`(account_id, created_at, id) > (${after.account_id}, ${after.created_at}, ${after.id})`)
    .orderBy('account_id')
    .orderBy('created_at')
    .orderBy('id')
    .limit(ROWS_AT_ONCE)
    .execute();
}

type SnapshotSecret = Pick<SecretRow, 'key_id' | 'digest' | 'seal' | 'ends_at' | 'is_current'>;

async function secretsByKey(
  db: Kysely<Tables>,
  dialect: Dialect,
  keys: KeyRows,
): Promise<ReadonlyMap<string, readonly SnapshotSecret[]>> {
  const ids = keys.map((key) => key.id);
  const rows = await db
    .selectFrom('key_secrets')
    .select(['key_id', 'digest', 'seal', 'ends_at', 'is_current'])
    .where(isOneOf(dialect, 'key_id', ids))
    .execute();
  const byKey = Map.groupBy(rows, (row) => row.key_id);
  // Nearly all keys have one: sorting here what few keys have costs less than having the database sort all.
  for (const secrets of byKey.values()) if (secrets.length > 1) secrets.sort(byEnd);
  return byKey;
}

/** The order of `secretsOf`: as they end, the current one last. */
function byEnd(a: SnapshotSecret, b: SnapshotSecret): number {
  return a.is_current - b.is_current || (a.ends_at ?? 0) - (b.ends_at ?? 0) || (a.digest < b.digest ? -1 : 1);
}

/** A row that cannot be read is nobody's key, and must not keep all others from the verifiers (D4, K7). */
function readable(id: string, deps: StoreDeps, make: () => FeedRecord | null): readonly FeedRecord[] {
  try {
    const record = make();
    return record === null ? [] : [record];
  } catch {
    deps.onBrokenSeal(id);
    return [];
  }
}
