import { type Kysely, sql } from 'kysely';
import type { Dialect } from '../dialect.ts';
import { WORDS } from './words.ts';

/** Adds webhooks, each with its own place in the audit log (R8). */
export async function up(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  const { whole, id, end } = WORDS[dialect];
  const statements = [
    `create table webhooks (id ${id} primary key, account_id ${id} not null references accounts (id), url text not null,
      event_names text not null, description text, secret text not null, previous_secret text,
      previous_secret_ends_at ${whole}, created_at ${whole} not null, disabled_at ${whole},
      disabled_reason text check (disabled_reason in ('request', 'failures', 'gone')), position ${whole} not null,
      attempts ${whole} not null, due_at ${whole} not null, pending_since ${whole}, last_success_at ${whole},
      last_failure_at ${whole}, last_failure_status ${whole}, last_failure_reason text, lease_id ${id},
      leased_until ${whole})${end}`,
    'create index webhooks_newest on webhooks (account_id, created_at, id)',
    'create index webhooks_due on webhooks (due_at, id) where disabled_at is null',
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}
