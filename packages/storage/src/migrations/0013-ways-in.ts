import { type Kysely, sql } from 'kysely';
import type { Dialect } from '../dialect.ts';
import { WORDS } from './words.ts';

/** Adds password resets, and second factors with their recovery codes (U7). */
export async function up(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  const { whole, id, end } = WORDS[dialect];
  const statements = [
    `create table password_resets (id ${id} primary key, account_id ${id} not null references accounts (id),
      user_id ${id} not null, digest ${id} not null unique, created_at ${whole} not null, ends_at ${whole} not null,
      ended_at ${whole})${end}`,
    'create index password_resets_user on password_resets (user_id) where ended_at is null',
    `create table totp_factors (user_id ${id} primary key, account_id ${id} not null references accounts (id),
      secret text not null, created_at ${whole} not null, confirmed_at ${whole}, last_step ${whole})${end}`,
    `create table recovery_codes (user_id ${id} not null, digest ${id} not null,
      account_id ${id} not null references accounts (id), created_at ${whole} not null, used_at ${whole},
      primary key (user_id, digest))${end}`,
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}
