import {
  type AccountId,
  instant,
  type Instant,
  type KeyId,
  type MailId,
  nextReminderStep,
  REMINDER_DAYS_LONGEST,
  type ReminderSteps,
  reminderSpanMs,
  type UserId,
} from '@claviger/core';
import { type Kysely, type RawBuilder, type Selectable, sql } from 'kysely';
import type { Dialect } from './dialect.ts';
import type { DueKey, IntendedKey } from './entities.ts';
import { isOneOf } from './is-one-of.ts';
import { keyFrom } from './keys.ts';
import type { KeysTable, Tables } from './schema.ts';
import type { ReminderReader } from './reminder-store.ts';

/** Stands for keys of which nobody was told; the index has it as well. */
const UNTOLD = 91;
/** What the index `keys_reminders` has between the account and the expiry; written as it is there, or no index is taken. */
const REMINDED = sql.raw(`case when k.reminded_owner_id = k.owner_id and k.reminded_expires_at = k.expires_at
  then k.reminded_step_days else ${UNTOLD} end`);

type Connection = { readonly db: Kysely<Tables>; readonly dialect: Dialect };

/** Reads what is to be told, and what was. */
export function reminderReader(db: Kysely<Tables>, dialect: Dialect): ReminderReader {
  const connection = { db, dialect };
  return {
    dueAccounts: (now) => dueAccounts(connection, now),
    due: (account, now, limit) => dueKeys(connection, { account, now, limit }),
    lastMailTo: (recipientId, stepDays) => lastMailTo(db, recipientId, stepDays),
    remindedSteps: (recipientId, keyIds) => remindedSteps(connection, recipientId, keyIds),
    ofMail: (accountId, mailId) => ofMail(db, accountId, mailId),
  };
}

/**
 * From when on a key is due that was told of each step: a list for the database to go through, one look into the index for
 * each. It is as long as the longest period has days, however many keys there are.
 */
function bandsOf(settings: ReminderSteps, now: Instant): readonly (readonly [reminded: number, until: number])[] {
  const bands: (readonly [number, number])[] = [];
  for (let reminded = 1; reminded <= UNTOLD; reminded += 1) {
    const next = nextReminderStep(reminded > REMINDER_DAYS_LONGEST ? null : reminded, settings);
    if (next !== null) bands.push([reminded, now + reminderSpanMs(next)]);
  }
  return bands;
}

/** What is asked of keys. */
type Ask = {
  readonly accountId: RawBuilder<unknown>;
  readonly settings: ReminderSteps;
  readonly now: Instant;
  readonly limit: number;
};

/**
 * Keys of an account that are due, as `k`, with the step that was told, as `reminded`. Both engines must go by the index, or
 * they go through all keys of the period at every look. SQLite is told which index; `cross join` keeps it from starting
 * anywhere else, and the plus takes the type from a number, without which it is not looked for in an expression.
 * On PostgreSQL a subquery with a limit is run for each band, and its order is the one of the index.
 */
function dueFrom({ dialect }: Connection, ask: Ask): RawBuilder<unknown> {
  const json = JSON.stringify(bandsOf(ask.settings, ask.now));
  const each =
    dialect === 'sqlite' ? sql`json_each(${json}) as each` : sql`json_array_elements(${json}::json) as each (value)`;
  const band = sql`(select cast(value ->> 0 as bigint) as reminded, cast(value ->> 1 as bigint) as until from ${each}) as band`;
  const isDue = sql`k.account_id = ${ask.accountId} and ${REMINDED} = +band.reminded and k.forced_at is null
    and k.expires_at is not null and k.expires_at + 0 > ${ask.now} and k.expires_at + 0 <= +band.until
    and u.id = k.owner_id and u.disabled_at is null`;
  if (dialect === 'sqlite') {
    return sql`from ${band} cross join keys as k indexed by keys_reminders cross join users as u where ${isDue} limit ${ask.limit}`;
  }
  return sql`from ${band} cross join lateral (select k.* from keys as k cross join users as u where ${isDue}
    order by k.account_id, ${REMINDED}, k.expires_at + 0 limit ${ask.limit}) as k limit ${ask.limit}`;
}

/** Most accounts have the same settings, so there is a query for each settings and not for each account. */
async function dueAccounts(on: Connection, now: Instant): Promise<readonly AccountId[]> {
  const found = await on.db.selectFrom('accounts').select(['reminder_days', 'reminder_steps']).distinct().execute();
  const accounts: AccountId[] = [];
  for (const { reminder_days, reminder_steps } of found) {
    const settings = { reminderDays: reminder_days, reminderSteps: JSON.parse(reminder_steps) as readonly number[] };
    const { rows } = await sql<{ readonly id: AccountId }>`select a.id from accounts as a
      where a.reminder_days = ${reminder_days} and a.reminder_steps = ${reminder_steps}
        and exists (select 1 ${dueFrom(on, { accountId: sql.ref('a.id'), settings, now, limit: 1 })}) order by a.id`.execute(
      on.db,
    );
    accounts.push(...rows.map((row) => row.id));
  }
  return accounts;
}

async function dueKeys(
  on: Connection,
  ask: { readonly account: Parameters<ReminderReader['due']>[0]; readonly now: Instant; readonly limit: number },
): Promise<readonly DueKey[]> {
  const { account, now, limit } = ask;
  const { rows } = await sql<Selectable<KeysTable> & { readonly reminded: number }>`select k.*, band.reminded
    ${dueFrom(on, { accountId: sql`${account.id}`, settings: account, now, limit })}`.execute(on.db);
  return rows.map((row) => ({ key: keyFrom(row), remindedStepDays: row.reminded === UNTOLD ? null : row.reminded }));
}

async function lastMailTo(
  db: Kysely<Tables>,
  recipientId: UserId,
  stepDays: number | null,
): ReturnType<ReminderReader['lastMailTo']> {
  let query = db
    .selectFrom('reminder_intents')
    .select(['mail_id', 'leaves_at'])
    .where('recipient_id', '=', recipientId)
    .orderBy('intended_at', 'desc')
    .limit(1);
  if (stepDays !== null) query = query.where('step_days', '=', stepDays);
  const row = await query.executeTakeFirst();
  return row === undefined ? null : { mailId: row.mail_id as MailId, leavesAt: instant(row.leaves_at) };
}

async function remindedSteps(
  { db, dialect }: Connection,
  recipientId: UserId,
  keyIds: readonly KeyId[],
): Promise<ReadonlyMap<KeyId, number>> {
  const { rows } = await sql<{ readonly key_id: KeyId; readonly step: number }>`
    select i.key_id, min(i.step_days) as step from reminder_intents as i
    join keys as k on k.id = i.key_id and k.expires_at = i.expires_at
    where ${isOneOf(dialect, 'i.key_id', keyIds)} and i.recipient_id = ${recipientId} group by i.key_id`.execute(db);
  return new Map(rows.map((row) => [row.key_id, row.step]));
}

/** Only keys that still are as they were intended for, and of which the recipient is told nothing later (R5, R7). */
async function ofMail(db: Kysely<Tables>, accountId: AccountId, mailId: MailId): Promise<readonly IntendedKey[]> {
  const { rows } = await sql<
    Selectable<KeysTable> & { readonly step_days: number; readonly recipient_id: UserId }
  >`select k.*, i.step_days, i.recipient_id from reminder_intents as i
    join keys as k on k.id = i.key_id and k.expires_at = i.expires_at
    where i.mail_id = ${mailId} and i.account_id = ${accountId} and k.account_id = ${accountId}
      and not exists (select 1 from reminder_intents as later where later.key_id = i.key_id
        and later.recipient_id = i.recipient_id and later.expires_at = i.expires_at and later.step_days < i.step_days)
    order by k.expires_at, k.id`.execute(db);
  return rows.map((row) => ({ key: keyFrom(row), stepDays: row.step_days, recipientId: row.recipient_id }));
}
