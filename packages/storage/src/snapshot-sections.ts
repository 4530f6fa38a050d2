import type { FeedRecord } from '@claviger/contract';
import type { AccountId, KeyId } from '@claviger/core';
import type { Kysely } from 'kysely';
import { accountFrom, selectAccounts } from './accounts.ts';
import { accountRecord, internalKeyRecord, keyDeletedRecord, policyRecord, userRecord } from './feed-records.ts';
import { internalKeyFrom, selectInternalKeys } from './internal-keys.ts';
import { policyFrom } from './policies.ts';
import type { Tables } from './schema.ts';
import { sealedInternalKey } from './sealed-rows.ts';
import type { StoreDeps } from './store-deps.ts';
import { selectUsers, userFrom } from './users.ts';

/** Rows read, and records sent, at once: the event loop gets its turn in between. */
export const ROWS_AT_ONCE = 1_000;

/** All accounts. */
export function accountSection(db: Kysely<Tables>): AsyncGenerator<readonly FeedRecord[]> {
  return section(
    (after) => selectAccounts(db).where('id', '>', after).orderBy('id').limit(ROWS_AT_ONCE).execute(),
    (row) => accountRecord(accountFrom(row)),
  );
}

/** All policies. */
export function policySection(db: Kysely<Tables>): AsyncGenerator<readonly FeedRecord[]> {
  return section(
    (after) =>
      db.selectFrom('policies').selectAll().where('id', '>', after).orderBy('id').limit(ROWS_AT_ONCE).execute(),
    (row) => policyRecord(policyFrom(row)),
  );
}

/** All users. */
export function userSection(db: Kysely<Tables>): AsyncGenerator<readonly FeedRecord[]> {
  return section(
    (after) => selectUsers(db).where('id', '>', after).orderBy('id').limit(ROWS_AT_ONCE).execute(),
    (row) => userRecord(userFrom(row)),
  );
}

/** All internal keys whose seal fits (K7, K11). */
export function internalKeySection(db: Kysely<Tables>, deps: StoreDeps): AsyncGenerator<readonly FeedRecord[]> {
  return section(
    (after) => selectInternalKeys(db).where('id', '>', after).orderBy('id').limit(ROWS_AT_ONCE).execute(),
    (row) => {
      const key = internalKeyFrom(row);
      if (deps.isSealed(sealedInternalKey(key, row.digest), row.seal)) return internalKeyRecord(key, row.digest);
      deps.onBrokenSeal(row.id);
      return null;
    },
  );
}

/** Tombstones of all deleted keys (D1, K10). */
export function tombstoneSection(db: Kysely<Tables>): AsyncGenerator<readonly FeedRecord[]> {
  return section(
    (after) =>
      db
        .selectFrom('tombstones')
        .select(['key_id as id', 'account_id'])
        .where('key_id', '>', after)
        .orderBy('key_id')
        .limit(ROWS_AT_ONCE)
        .execute(),
    (row) => keyDeletedRecord({ accountId: row.account_id as AccountId, id: row.id as KeyId }),
  );
}

/** The rows of a table by id, a thousand at a time, and what verifiers are told of each. */
async function* section<Row extends { readonly id: string }>(
  rowsAfter: (id: string) => Promise<readonly Row[]>,
  recordOf: (row: Row) => FeedRecord | null,
): AsyncGenerator<readonly FeedRecord[]> {
  let rows: readonly Row[] = [];
  do {
    rows = await rowsAfter(rows.at(-1)?.id ?? '');
    yield rows.flatMap((row) => recordOf(row) ?? []);
  } while (rows.length === ROWS_AT_ONCE);
}
