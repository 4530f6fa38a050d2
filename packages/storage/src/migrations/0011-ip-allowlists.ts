import { type Kysely, sql } from 'kysely';
import type { Dialect } from '../dialect.ts';
import { WORDS } from './words.ts';

/** Adds the IP allowlists of accounts and users (I1). */
export async function up(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  const { whole, id, end } = WORDS[dialect];
  const statements = [
    `create table ip_allowlists (account_id ${id} not null references accounts (id), user_id ${id},
      mode text not null check (mode in ('enforce', 'monitor')), entries text not null, changed_at ${whole} not null)${end}`,
    'create unique index ip_allowlists_account on ip_allowlists (account_id) where user_id is null',
    'create unique index ip_allowlists_user on ip_allowlists (user_id) where user_id is not null',
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}
