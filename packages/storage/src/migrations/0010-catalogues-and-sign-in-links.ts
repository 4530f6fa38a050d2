import { type Kysely, sql } from 'kysely';
import type { Dialect } from '../dialect.ts';
import { WORDS } from './words.ts';

/** Adds the memory of operations that were taken out of catalogues (P3), and the links with which Owners sign in first (T1). */
export async function up(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  const { whole, id, end } = WORDS[dialect];
  const statements = [
    `create table retired_operations (account_id ${id} not null references accounts (id), resource_type ${id} not null,
      operation ${id} not null, is_ingestion ${whole} not null check (is_ingestion in (0, 1)),
      primary key (account_id, resource_type, operation))${end}`,
    `create table sign_in_links (digest ${id} primary key, account_id ${id} not null references accounts (id),
      user_id ${id} not null, created_at ${whole} not null, ends_at ${whole} not null,
      ended_at ${whole})${end}`,
    'create index sign_in_links_user on sign_in_links (user_id) where ended_at is null',
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}
