import { type AccountId, instant, type KeyId, type UserId } from '@claviger/core';
import { type Kysely, type Selectable, sql } from 'kysely';
import type { Dialect } from './dialect.ts';
import type { FoundSecret, Key } from './entities.ts';
import { listKeys } from './key-list.ts';
import { countExpiries } from './expiry-counts.ts';
import { readOutlines } from './key-outlines.ts';
import { findKey, keyFrom } from './keys.ts';
import { prepareQuery } from './prepared.ts';
import type { KeysTable, Tables } from './schema.ts';
import { sealedKey } from './sealed-rows.ts';
import type { Reader } from './store.ts';
import type { StoreDeps } from './store-deps.ts';
import { takenDigests } from './used-digests.ts';

const countKeys = prepareQuery((db, { ownerId }: { readonly ownerId: UserId }) =>
  db
    .selectFrom('keys')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('owner_id', '=', ownerId),
);

const selectSecret = prepareQuery((db, { digest }: { readonly digest: string }) =>
  db.selectFrom('key_secrets').selectAll().where('digest', '=', digest),
);

/** Reads keys. */
export function keyReader(db: Kysely<Tables>, dialect: Dialect, deps: StoreDeps): Reader['keys'] {
  return {
    find: (accountId, id) => findKey(db, accountId, id),
    list: (filter, page) => listKeys({ db, dialect }, filter, page),
    countOf: async (ownerId) => (await countKeys(db, { ownerId })).rows[0]?.count ?? 0,
    findByDigest: (digest) => findByDigest(db, deps, digest),
    takenDigests: (digests) => takenDigests({ db, dialect }, digests),
    countExpiries: (filter) => countExpiries(db, dialect, filter),
    outlines: (filter) => readOutlines(db, dialect, filter),
    descendants: (accountId, id) => findDescendants(db, accountId, id),
  };
}

async function findByDigest(db: Kysely<Tables>, deps: StoreDeps, digest: string): Promise<FoundSecret | null> {
  const [secret] = (await selectSecret(db, { digest })).rows;
  if (secret === undefined) return null;
  const key = await findKey(db, secret.account_id as AccountId, secret.key_id as KeyId);
  if (key === null) return null;
  if (!deps.isSealed(sealedKey(key, digest), secret.seal)) {
    deps.onBrokenSeal(key.id);
    return null;
  }
  return { key, isCurrent: secret.is_current === 1, endsAt: secret.ends_at === null ? null : instant(secret.ends_at) };
}

/** Follows `created_by_key_id` through deleted keys too: deleting the key in between must not hide what it made (K14). */
async function findDescendants(db: Kysely<Tables>, accountId: AccountId, id: KeyId): Promise<readonly Key[]> {
  const { rows } = await sql<Selectable<KeysTable>>`
    with recursive made (id, created_by_key_id) as (
      select id, created_by_key_id from keys where account_id = ${accountId}
      union all select key_id, created_by_key_id from tombstones where account_id = ${accountId}
    ), family (id) as (
      select id from made where created_by_key_id = ${id}
      union select made.id from made join family on made.created_by_key_id = family.id
    ) select keys.* from keys join family on keys.id = family.id where keys.id <> ${id}
    order by keys.created_at, keys.id`.execute(db);
  return rows.map(keyFrom);
}
