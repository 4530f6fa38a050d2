import { type Kysely, type Selectable, sql, type UpdateObject } from 'kysely';
import type { Dialect } from './dialect.ts';
import type { MailSettlement } from './entities.ts';
import { leasedMailFrom } from './outbox.ts';
import type { OutboxTable, Tables } from './schema.ts';
import type { Outbox } from './outbox-store.ts';

/** Runs work in a transaction of its own. */
type Run = <T>(work: (db: Kysely<Tables>) => Promise<T>) => Promise<T>;

/** What the outbox runs on. */
export type OutboxDeps = { readonly dialect: Dialect; readonly read: Run; readonly write: Run };

/** Rows in one go; deleting more would hold the writer for too long. */
const DELETED_AT_ONCE = 1_000;

/** The outbox as senders see it. */
export function createOutbox({ dialect, read, write }: OutboxDeps): Outbox {
  // A SQLite file has one process: whoever held a lease when this one opened it is dead, and nobody waits for the dead.
  let isHeirOfAll = dialect === 'sqlite';
  return {
    lease: async (ask) => {
      if (isHeirOfAll) await write(endLeases);
      isHeirOfAll = false;
      // Mostly nothing is due: that is found out without keeping a writer waiting.
      const isAny = await read((db) => isAnyDue(db, ask.now));
      return isAny ? write((db) => lease(db, dialect, ask)) : [];
    },
    settle: (mail, as) =>
      write(async (db) => {
        const { numUpdatedRows } = await db
          .updateTable('outbox')
          .set(settled(as))
          .where('id', '=', mail.id)
          .where('lease_id', '=', mail.leaseId)
          .executeTakeFirst();
        return numUpdatedRows === 1n ? 'settled' : 'lease-lost';
      }),
    deleteSettled: (before) =>
      write(async (db) => {
        const { numAffectedRows = 0n } = await sql`delete from outbox where id in (select id from outbox
          where not (delivered_at is null and failed_at is null and dropped_at is null)
            and coalesce(delivered_at, failed_at, dropped_at) < ${before}
          order by coalesce(delivered_at, failed_at, dropped_at) limit ${DELETED_AT_ONCE})`.execute(db);
        return Number(numAffectedRows);
      }),
  };
}

async function endLeases(db: Kysely<Tables>): Promise<void> {
  await db
    .updateTable('outbox')
    .set({ lease_id: null, leased_until: null })
    .where('leased_until', 'is not', null)
    .execute();
}

const IS_WAITING = sql.raw('delivered_at is null and failed_at is null and dropped_at is null');

async function isAnyDue(db: Kysely<Tables>, now: number): Promise<boolean> {
  const { rows } = await sql`select id from outbox where ${IS_WAITING} and due_at <= ${now}
    and (leased_until is null or leased_until <= ${now}) order by due_at, id limit 1`.execute(db);
  return rows.length > 0;
}

/** Two senders that ask at once on PostgreSQL step past each other's rows instead of waiting for them. */
async function lease(
  db: Kysely<Tables>,
  dialect: Dialect,
  { leaseId, now, until, limit }: Parameters<Outbox['lease']>[0],
): ReturnType<Outbox['lease']> {
  const steppingPast = sql.raw(dialect === 'postgres' ? 'for update skip locked' : '');
  const { rows } = await sql<Selectable<OutboxTable>>`update outbox set lease_id = ${leaseId}, leased_until = ${until}
    where id in (select id from outbox where ${IS_WAITING} and due_at <= ${now}
      and (leased_until is null or leased_until <= ${now}) order by due_at, id limit ${limit} ${steppingPast})
    returning *`.execute(db);
  return rows.map((row) => leasedMailFrom(row, leaseId)).sort((a, b) => a.dueAt - b.dueAt || (a.id < b.id ? -1 : 1));
}

function settled(as: MailSettlement): UpdateObject<Tables, 'outbox'> {
  const free = { lease_id: null, leased_until: null };
  const tried = { ...free, attempts: sql<number>`attempts + 1` };
  switch (as.kind) {
    case 'delivered':
      return { ...tried, delivered_at: as.at, last_answer: as.answer };
    case 'postponed':
      return {
        ...tried,
        ...(as.isRefused ? { first_refused_at: sql<number>`coalesce(first_refused_at, ${as.at})` } : {}),
        due_at: as.dueAt,
        last_answer: as.answer,
      };
    case 'dropped':
      return { ...free, dropped_at: as.at };
    case 'returned':
      return free;
  }
}
