import { type Kysely, sql } from 'kysely';
import type { Dialect } from './dialect.ts';
import { dropOverReplays } from './replays.ts';
import type { Tables } from './schema.ts';
import type { Flush, KeyUse } from './store.ts';

/** Runs work in a transaction of its own. */
type Write = (work: (db: Kysely<Tables>) => Promise<void>) => Promise<void>;

/** Rows in one transaction: a change that needs one of these keys waits for no more than these. */
const USES_AT_ONCE = 500;

/**
 * Keeps uses and the floor. A use or a floor that is older than what is stored changes nothing: flushes may come late
 * (D13, E9). Changes lock their keys first and the head last; whoever held the head here and waited for keys would
 * wait for them in a ring. So the head is locked alone, and a flush that meets a change gives way to it and fails.
 */
export async function writeFlush(write: Write, dialect: Dialect, { uses, storable }: Flush): Promise<void> {
  await write(async (db) => {
    await dropOverReplays(db, storable);
    await raiseFloor(db, storable);
  });
  for (let start = 0; start < uses.length; start += USES_AT_ONCE) {
    await write(async (db) => {
      if (dialect === 'postgres') await giveWay(db);
      for (const use of uses.slice(start, start + USES_AT_ONCE)) await keepUse(db, use);
    });
  }
}

async function raiseFloor(db: Kysely<Tables>, storable: Flush['storable']): Promise<void> {
  await db
    .updateTable('feed_head')
    .set({ floor: sql<number>`case when floor < ${storable} then ${storable} else floor end` })
    .where('id', '=', 1)
    .execute();
}

/** Below PostgreSQL's `deadlock_timeout` of a second: should a ring close all the same, it is never a change that it ends. */
async function giveWay(db: Kysely<Tables>): Promise<void> {
  await sql`set local lock_timeout = '500ms'`.execute(db);
}

async function keepUse(db: Kysely<Tables>, use: KeyUse): Promise<void> {
  await db
    .updateTable('keys')
    .set({ last_used_at: use.at })
    .where('id', '=', use.keyId)
    .where((eb) => eb.or([eb('last_used_at', 'is', null), eb('last_used_at', '<', use.at)]))
    .execute();
}
