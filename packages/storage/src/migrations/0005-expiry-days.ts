import { type Kysely, sql } from 'kysely';

/** Adds the index by which coming expiries are counted: it holds all that is asked for, so that no key itself is read. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `create index keys_expiry_days on keys (account_id, expires_at, kind, owner_id, last_used_at)
        where forced_at is null`,
    )
    .execute(db);
}
