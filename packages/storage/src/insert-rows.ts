import type { Insertable, Selectable } from 'kysely';
import { prepareInsert, type PreparedQuery } from './prepared.ts';
import type { Tables } from './schema.ts';
import type { Unit } from './unit.ts';

type LogTable = 'audit_events' | 'feed_records' | 'reminder_intents';

/** Rows in one statement on PostgreSQL, where every statement is a round trip; 21 columns × 500 stay below 65,535 parameters. */
const ROWS_AT_ONCE = 500;

const INSERTS: { readonly [Table in LogTable]: PreparedQuery<Selectable<Tables[Table]>, unknown> } = {
  audit_events: prepareInsert('audit_events'),
  feed_records: prepareInsert('feed_records'),
  reminder_intents: prepareInsert('reminder_intents'),
};

/** Inserts rows in order: one by one where that costs nothing, many at once where every statement is a round trip. */
export async function insertRows<Table extends LogTable>(
  unit: Unit,
  table: Table,
  rows: readonly Selectable<Tables[Table]>[],
): Promise<void> {
  if (unit.dialect === 'sqlite' || rows.length === 1) {
    for (const row of rows) await INSERTS[table](unit.db, row);
    return;
  }
  for (let start = 0; start < rows.length; start += ROWS_AT_ONCE) {
    const some = rows.slice(start, start + ROWS_AT_ONCE) as unknown as readonly Insertable<Tables[Table]>[];
    await unit.db.insertInto(table).values(some).execute();
  }
}
