import { type Kysely, sql } from 'kysely';
import type { Dialect } from '../dialect.ts';
import { WORDS } from './words.ts';

/** Adds the settings of accounts and users that came after the first release of the tables, and the outbox. */
export async function up(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  const { whole, id, end } = WORDS[dialect];
  const statements = [
    "alter table accounts add column reminder_steps text not null default '[7,1,0]'",
    `alter table accounts add column password_shortest ${whole} not null default 12`,
    `alter table accounts add column second_factor text not null default 'none'
      check (second_factor in ('none', 'administrators', 'all'))`,
    `alter table accounts add column session_idle_minutes ${whole} not null default 120`,
    `alter table accounts add column session_longest_hours ${whole} not null default 24`,
    `alter table accounts add column idle_days ${whole}`,
    "alter table accounts add column idle_action text check (idle_action in ('report', 'disable'))",
    `alter table accounts add column audit_retention_days ${whole}`,
    `alter table users add column ends_reported_keys ${whole} not null default 0`,
    `create table outbox (id ${id} primary key, account_id ${id}, recipient text not null, template text not null,
      facts text not null, created_at ${whole} not null, due_at ${whole} not null, attempts ${whole} not null,
      lease_id ${id}, leased_until ${whole}, delivered_at ${whole}, failed_at ${whole}, last_answer text)${end}`,
    'create index outbox_due on outbox (due_at, id) where delivered_at is null and failed_at is null',
    'create index outbox_failed on outbox (account_id, failed_at, id) where failed_at is not null',
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}
