import type { FeedEntry, FeedPosition, FeedSource, FeedTail } from '@claviger/contract';
import { GENESIS_HASH } from '@claviger/core';
import type { Kysely } from 'kysely';
import { type ReadDeps, readOnce } from './engine.ts';
import type { HeadReader } from './head.ts';
import type { Tables } from './schema.ts';
import { streamSnapshot } from './snapshot.ts';
import type { StoreDeps } from './store-deps.ts';
import type { Wake } from './wake.ts';

/** The feed of this store: one consistent snapshot, and what came after it (D2, D3). */
export function createFeedSource(
  on: ReadDeps & { readonly deps: StoreDeps; readonly heads: HeadReader; readonly listen: Wake['listen'] },
): FeedSource {
  return {
    snapshot: () => streamSnapshot(on.engine, on.deps, on.heads),
    tail: (after, limit) => readOnce(on, (db) => readTail(db, on.heads, { after, limit })),
    onWake: on.listen,
  };
}

/**
 * Changes after a position that is part of this history: same epoch, same hash under its number, and nothing missing
 * between it and the next. Any doubt is a reload: a reader that went on from a fork would allow what was taken away.
 */
async function readTail(
  db: Kysely<Tables>,
  heads: HeadReader,
  asked: { readonly after: FeedPosition; readonly limit: number },
): Promise<FeedTail> {
  const { after, limit } = asked;
  const { floor: _, ...head } = await heads.read(db, { lock: false });
  if (after.epoch !== head.epoch || after.n > head.n) return { kind: 'reload' };
  if ((await hashAt(db, after.n)) !== after.hash) return { kind: 'reload' };
  const entries = await entriesAfter(db, after.n, limit);
  const isWhole = entries.length > 0 ? entries[0]?.n === after.n + 1 : after.n === head.n || limit === 0;
  return isWhole ? { kind: 'entries', entries, head } : { kind: 'reload' };
}

async function hashAt(db: Kysely<Tables>, n: number): Promise<string | null> {
  if (n === 0) return GENESIS_HASH;
  const row = await db.selectFrom('audit_events').select('hash').where('version', '=', n).executeTakeFirst();
  return row?.hash ?? null;
}

async function entriesAfter(db: Kysely<Tables>, n: number, limit: number): Promise<FeedEntry[]> {
  const rows = await db
    .selectFrom('audit_events as event')
    .innerJoin('feed_records as feed', 'feed.version', 'event.version')
    .select([
      'event.version',
      'event.epoch',
      'event.previous_hash',
      'event.event_digest',
      'event.record_digest',
      'event.hash',
      'feed.subject_id',
      'feed.record',
    ])
    .where('event.version', '>', n)
    .orderBy('event.version')
    .limit(limit)
    .execute();
  return rows.map(({ version, epoch, ...rest }) => ({ epoch: Number(epoch), n: version, ...rest }));
}
