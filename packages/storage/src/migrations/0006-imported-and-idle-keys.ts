import { type Kysely, sql } from 'kysely';
import type { Dialect } from '../dialect.ts';
import { WORDS } from './words.ts';

/** Adds the digests that deleted keys had, and what the idle rule needs to know of keys and accounts. */
export async function up(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  const { whole, id, end } = WORDS[dialect];
  const statements = [
    `create table used_digests (digest ${id} primary key, account_id ${id} not null)${end}`,
    `create table idle_rules (account_id ${id} primary key references accounts (id), since ${whole} not null,
      told_at ${whole})${end}`,
    `alter table keys add column enabled_at ${whole}`,
    `alter table keys add column idle_reported_at ${whole}`,
    'create index keys_idle_reported on keys (account_id, idle_reported_at, id) where idle_reported_at is not null',
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}
