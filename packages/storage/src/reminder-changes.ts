import { formatInstant, instant, type Instant } from '@claviger/core';
import { type Selectable, sql } from 'kysely';
import type { ReminderIntents } from './entities.ts';
import { insertRows } from './insert-rows.ts';
import { isOneOf } from './is-one-of.ts';
import type { ReminderIntentsTable } from './schema.ts';
import type { ReminderChanges } from './reminder-store.ts';
import { note, type Unit } from './unit.ts';

/** Rows in one go; deleting more would hold the writer for too long. */
const FORGOTTEN_AT_ONCE = 1_000;

/** Notes what somebody is to be told. */
export function reminderChanges(unit: Unit): ReminderChanges {
  return {
    intend: (intents) => intend(unit, intents),
    keepStep: (keys, stepDays) => keepStep(unit, keys, stepDays),
    joinMail: (mail) => joinMail(unit, mail),
    forget: (before) => forget(unit, before),
  };
}

async function intend(unit: Unit, intents: ReminderIntents): Promise<void> {
  const rows = intents.keys.map((intended) => intentRow(intents, intended));
  if (rows.length === 0) throw new Error('a reminder is of at least one key');
  await insertRows(unit, 'reminder_intents', rows);
  const keys = rows.map((row) => ({
    id: row.key_id,
    step_days: row.step_days,
    expires_at: formatInstant(instant(row.expires_at)),
  }));
  note(
    unit,
    {
      name: 'reminder.queued',
      affectedUserId: intents.recipientId,
      resourceId: intents.mailId,
      keyKind: null,
      changes: [{ attribute: 'keys', old: null, new: keys }],
    },
    { accountId: intents.accountId },
  );
}

function intentRow(
  intents: ReminderIntents,
  { key, stepDays }: ReminderIntents['keys'][number],
): Selectable<ReminderIntentsTable> {
  if (key.expiresAt === null) throw new Error(`${key.id} never expires, so nobody is told when`);
  return {
    account_id: intents.accountId,
    key_id: key.id,
    recipient_id: intents.recipientId,
    expires_at: key.expiresAt,
    step_days: stepDays,
    intended_at: intents.intendedAt,
    leaves_at: intents.leavesAt,
    mail_id: intents.mailId,
  };
}

async function keepStep(unit: Unit, ...[keys, stepDays]: Parameters<ReminderChanges['keepStep']>): Promise<void> {
  const ids = keys.map((key) => key.id);
  await unit.db
    .updateTable('keys')
    .set({
      reminded_step_days: stepDays,
      reminded_owner_id: sql.ref('owner_id'),
      reminded_expires_at: sql.ref('expires_at'),
    })
    .where(isOneOf(unit.dialect, 'id', ids))
    .execute();
  unit.hasQuietWrites = true;
}

/**
 * A mail that somebody tried to send may have arrived: what joins it then might be taken for a double and thrown away,
 * for every attempt carries the same Message-ID. A sender that leases it at this moment comes before this, or after it.
 */
async function joinMail(
  unit: Unit,
  mail: Parameters<ReminderChanges['joinMail']>[0],
): ReturnType<ReminderChanges['joinMail']> {
  const row = await unit.db
    .updateTable('outbox')
    .set({ due_at: sql<number>`case when due_at > ${mail.leavesAt} then ${mail.leavesAt} else due_at end` })
    .where('id', '=', mail.id)
    .where('recipient', '=', mail.recipient)
    .where('attempts', '=', 0)
    .where('lease_id', 'is', null)
    .where('delivered_at', 'is', null)
    .where('failed_at', 'is', null)
    .where('dropped_at', 'is', null)
    .returning('due_at')
    .executeTakeFirst();
  return row === undefined ? { kind: 'on-its-way' } : { kind: 'joined', leavesAt: instant(row.due_at) };
}

async function forget(unit: Unit, before: Instant): Promise<number> {
  const { rows } = await sql`delete from reminder_intents where (key_id, recipient_id, expires_at, step_days) in
    (select key_id, recipient_id, expires_at, step_days from reminder_intents
      where expires_at < ${before} limit ${FORGOTTEN_AT_ONCE}) returning key_id`.execute(unit.db);
  unit.hasQuietWrites = rows.length > 0 || unit.hasQuietWrites;
  return rows.length;
}
