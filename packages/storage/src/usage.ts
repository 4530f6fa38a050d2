import { type DecisionCode, instant, type KeyId } from '@claviger/core';
import { type Kysely, sql } from 'kysely';
import { chunksOf } from './chunks.ts';
import type { Dialect } from './dialect.ts';
import type { Tables } from './schema.ts';
import type { HourlyUsage, UsageReader, UsageStore } from './usage-store.ts';
import type { UsageHoursTable } from './usage-tables.ts';

/** Runs work in a transaction of its own. */
type Write = <T>(work: (db: Kysely<Tables>) => Promise<T>) => Promise<T>;

/** Keys in one appended row. */
const KEYS_IN_BATCH = 5_000;
const BATCHES_AT_ONCE = 16;
const ROWS_AT_ONCE = 500;
/** Rows in one go; deleting more would hold the writer for too long. */
const DELETED_AT_ONCE = 1_000;

/** An appended row: key id, hour, and the counts by code. */
type Entry = readonly [keyId: string, hour: number, counts: HourlyUsage['counts']];

/** Counts as those who count see them. */
export function createUsageStore(write: Write, dialect: Dialect): UsageStore {
  return {
    append: async (usage) => {
      if (usage.length === 0) return;
      const rows = [...chunksOf(usage, KEYS_IN_BATCH)].map((some) => ({ entries: JSON.stringify(some.map(entryOf)) }));
      await write(async (db) => {
        for (const row of rows) await db.insertInto('usage_batches').values(row).execute();
      });
    },
    fold: () => write((db) => fold(db, dialect)),
    deleteBefore: (before) =>
      write(async (db) => {
        const { numAffectedRows = 0n } = await sql`delete from usage_hours where (key_id, hour, code) in
          (select key_id, hour, code from usage_hours where hour < ${before} limit ${DELETED_AT_ONCE})`.execute(db);
        return Number(numAffectedRows);
      }),
  };
}

/** Reads hours, with what is appended and not folded yet. */
export function usageReader(db: Kysely<Tables>): UsageReader {
  return {
    hours: async ({ accountId, keyId, from, to }) => {
      const folded = await db
        .selectFrom('usage_hours')
        .innerJoin('keys', 'keys.id', 'usage_hours.key_id')
        .select(['hour', 'code', 'count'])
        .where('keys.account_id', '=', accountId)
        .where('key_id', '=', keyId)
        .where('hour', '>=', from)
        .where('hour', '<', to)
        .execute();
      const hours = new Map<number, Map<string, number>>();
      for (const { hour, code, count } of folded) add(hours, hour, [code, count]);
      for (const [of, hour, counts] of await appendedFor(db, accountId, keyId)) {
        if (of !== keyId || hour < from || hour >= to) continue;
        for (const counted of Object.entries(counts)) add(hours, hour, counted);
      }
      return [...hours]
        .toSorted(([a], [b]) => a - b)
        .map(([hour, counts]) => ({ hour: instant(hour), counts: Object.fromEntries(counts) }));
    },
  };
}

function entryOf({ keyId, hour, counts }: HourlyUsage): Entry {
  return [keyId, hour, counts];
}

async function appendedFor(db: Kysely<Tables>, accountId: string, keyId: KeyId): Promise<readonly Entry[]> {
  const rows = await db
    .selectFrom('usage_batches')
    .select('entries')
    .where('entries', 'like', `%${keyId}%`)
    .where((eb) =>
      eb.exists(eb.selectFrom('keys').select('id').where('id', '=', keyId).where('account_id', '=', accountId)),
    )
    .execute();
  return rows.flatMap(({ entries }) => JSON.parse(entries) as readonly Entry[]);
}

function add(hours: Map<number, Map<string, number>>, hour: number, [code, count]: readonly [string, number]): void {
  const counts = hours.get(hour) ?? new Map<string, number>();
  counts.set(code, (counts.get(code) ?? 0) + count);
  hours.set(hour, counts);
}

/** One transaction: a batch is counted once, whenever this process or the machine dies. Processes take different batches. */
async function fold(db: Kysely<Tables>, dialect: Dialect): Promise<number> {
  const lock = dialect === 'postgres' ? sql`for update skip locked` : sql``;
  const { rows } = await sql<{ readonly entries: string }>`delete from usage_batches where id in
    (select id from usage_batches order by id limit ${BATCHES_AT_ONCE} ${lock}) returning entries`.execute(db);
  const sums = sumsOf(rows.flatMap(({ entries }) => JSON.parse(entries) as readonly Entry[]));
  for (const some of chunksOf(sums, ROWS_AT_ONCE)) {
    await db
      .insertInto('usage_hours')
      .values(some)
      .onConflict((on) =>
        on
          .columns(['key_id', 'hour', 'code'])
          .doUpdateSet((eb) => ({ count: eb('usage_hours.count', '+', eb.ref('excluded.count')) })),
      )
      .execute();
  }
  return rows.length;
}

/** One row for each key, hour and code, in that order: two processes that fold never wait for each other in a ring. */
function sumsOf(entries: readonly Entry[]): readonly UsageHoursTable[] {
  const sums = new Map<string, UsageHoursTable>();
  for (const [keyId, hour, counts] of entries) {
    for (const [code, count] of Object.entries(counts) as [DecisionCode, number][]) {
      const name = `${keyId} ${String(hour).padStart(16, '0')} ${code}`;
      sums.set(name, { key_id: keyId, hour, code, count: (sums.get(name)?.count ?? 0) + count });
    }
  }
  return [...sums].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
}
