import { type Kysely, sql } from 'kysely';
import type { Dialect } from '../dialect.ts';
import { WORDS } from './words.ts';

/** Adds what sending needs to know of a mail: since when it fails, and that it was dropped; and the ways to find mails. */
export async function up(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  const { whole } = WORDS[dialect];
  const isWaiting = 'delivered_at is null and failed_at is null and dropped_at is null';
  const statements = [
    `alter table outbox add column first_refused_at ${whole}`,
    `alter table outbox add column dropped_at ${whole}`,
    'drop index outbox_due',
    'drop index outbox_failed',
    `create index outbox_due on outbox (due_at, id) where ${isWaiting}`,
    'create index outbox_undelivered on outbox (account_id, created_at, id) where delivered_at is null and dropped_at is null',
    'create index outbox_template on outbox (account_id, template, created_at)',
    `create index outbox_settled on outbox (coalesce(delivered_at, failed_at, dropped_at)) where not (${isWaiting})`,
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}
