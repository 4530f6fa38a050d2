import { type Kysely, sql } from 'kysely';
import type { Dialect } from '../dialect.ts';
import { WORDS } from './words.ts';

/**
 * Adds what was intended to be sent, and what each key's owner was told of last. The latter stands beside the owner and the
 * expiry that it holds for: when either changes, the index finds the key among those that nobody was told of.
 */
export async function up(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  const { whole, id, clusteredEnd } = WORDS[dialect];
  const statements = [
    `create table reminder_intents (account_id ${id} not null, key_id ${id} not null, recipient_id ${id} not null,
      expires_at ${whole} not null, step_days ${whole} not null, intended_at ${whole} not null, leaves_at ${whole} not null,
      mail_id ${id} not null, primary key (key_id, recipient_id, expires_at, step_days))${clusteredEnd}`,
    'create index reminder_intents_mail on reminder_intents (mail_id)',
    'create index reminder_intents_recipient on reminder_intents (recipient_id, intended_at)',
    'create index reminder_intents_step on reminder_intents (recipient_id, step_days, intended_at)',
    'create index reminder_intents_expiry on reminder_intents (expires_at)',
    `alter table keys add column reminded_step_days ${whole}`,
    `alter table keys add column reminded_owner_id ${id}`,
    `alter table keys add column reminded_expires_at ${whole}`,
    // 91 days is no step: it stands for keys of which nobody was told. The sum keeps the index on the expiry alone from being taken.
    `create index keys_reminders on keys (account_id, (case when reminded_owner_id = owner_id
      and reminded_expires_at = expires_at then reminded_step_days else 91 end), (expires_at + 0))
      where forced_at is null and expires_at is not null`,
    'create index users_service_accounts on users (account_id, id) where is_service_account = 1',
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}
