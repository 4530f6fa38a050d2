import { type Kysely, sql } from 'kysely';
import { dropOverReplays } from './replays.ts';
import type { Tables } from './schema.ts';
import type { Flush } from './store.ts';

/** Keeps uses and the floor. A use or a floor that is older than what is stored changes nothing: flushes may come late (D13, E9). */
export async function writeFlush(db: Kysely<Tables>, { uses, storable }: Flush): Promise<void> {
  // The head's row first: flushes of several nodes then come one after the other, and never wait for each other in a ring.
  await db
    .updateTable('feed_head')
    .set({ floor: sql<number>`case when floor < ${storable} then ${storable} else floor end` })
    .where('id', '=', 1)
    .execute();
  for (const use of uses) {
    await db
      .updateTable('keys')
      .set({ last_used_at: use.at })
      .where('id', '=', use.keyId)
      .where((eb) => eb.or([eb('last_used_at', 'is', null), eb('last_used_at', '<', use.at)]))
      .execute();
  }
  await dropOverReplays(db, storable);
}
