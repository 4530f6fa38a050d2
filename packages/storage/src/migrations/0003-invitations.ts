import { type Kysely, sql } from 'kysely';
import type { Dialect } from '../dialect.ts';
import { WORDS } from './words.ts';

/** Adds invitations (U2). They stay when they are over: the list shows what became of them. */
export async function up(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  const { whole, id, end } = WORDS[dialect];
  const statements = [
    `create table invitations (id ${id} primary key, account_id ${id} not null, email text not null,
      email_lower ${id} not null, name text not null,
      user_type text not null check (user_type in ('restricted', 'administrator')), invited_by ${id} not null,
      created_at ${whole} not null, sent_at ${whole} not null, expires_at ${whole} not null, resends ${whole} not null,
      digest ${id} not null unique, accepted_at ${whole}, accepted_by ${id}, withdrawn_at ${whole})${end}`,
    'create index invitations_of_account on invitations (account_id, created_at, id)',
    `create index invitations_unanswered on invitations (account_id, email_lower)
      where accepted_at is null and withdrawn_at is null`,
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}
