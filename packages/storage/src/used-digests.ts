import type { KeyId } from '@claviger/core';
import { type Kysely, sql } from 'kysely';
import type { Dialect } from './dialect.ts';
import { isOneOf } from './is-one-of.ts';
import type { Tables } from './schema.ts';

/** Keeps the digests of a key that is being deleted: nobody may import its text again (K10, K13). */
export async function keepUsedDigests(db: Kysely<Tables>, { id }: { readonly id: KeyId }): Promise<void> {
  await sql`insert into used_digests (digest, account_id)
    select digest, account_id from key_secrets where key_id = ${id} on conflict (digest) do nothing`.execute(db);
}

/** Whether a digest is that of a text that a deleted key or an internal key has or had. */
export async function isUsed(db: Kysely<Tables>, digest: string): Promise<boolean> {
  const { rows } = await sql`select 1 from used_digests where digest = ${digest}
    union all select 1 from internal_keys where digest = ${digest}`.execute(db);
  return rows.length > 0;
}

/** Those of the digests that a key of whatever account has or ever had, internal ones too (K13). */
export async function takenDigests(
  { db, dialect }: { readonly db: Kysely<Tables>; readonly dialect: Dialect },
  digests: readonly string[],
): Promise<ReadonlySet<string>> {
  const isAsked = isOneOf(dialect, 'digest', digests);
  const { rows } = await sql<{ readonly digest: string }>`select digest from key_secrets where ${isAsked}
    union select digest from used_digests where ${isAsked}
    union select digest from internal_keys where ${isAsked}`.execute(db);
  return new Set(rows.map((row) => row.digest));
}
