import { createHash } from 'node:crypto';
import { FEED_SCHEMA, type FeedRecord, type SnapshotPart } from '@claviger/contract';
import type { Kysely } from 'kysely';
import type { Engine } from './engine.ts';
import type { HeadReader } from './head.ts';
import type { Tables } from './schema.ts';
import { keySection } from './snapshot-keys.ts';
import {
  accountSection,
  internalKeySection,
  policySection,
  tombstoneSection,
  userSection,
} from './snapshot-sections.ts';
import type { StoreDeps } from './store-deps.ts';

/** Streams one consistent state in parts (D3). Whoever stops listening ends the read. */
export async function* streamSnapshot(
  engine: Engine,
  deps: StoreDeps,
  heads: HeadReader,
): AsyncGenerator<SnapshotPart, void, undefined> {
  try {
    const transaction = await engine.beginSnapshot();
    try {
      yield* partsOf(transaction.db, heads, recordsOf(transaction.db, engine, deps));
    } finally {
      await transaction.end();
    }
  } catch (error) {
    throw engine.faultOf(error) ?? error;
  }
}

async function* partsOf(
  db: Kysely<Tables>,
  heads: HeadReader,
  chunks: AsyncGenerator<readonly FeedRecord[]>,
): AsyncGenerator<SnapshotPart> {
  const { epoch, n, hash } = await heads.read(db, { lock: false });
  yield { part: 'head', schema: FEED_SCHEMA, epoch, n, hash };
  const checksum = createHash('sha256');
  let count = 0;
  for await (const chunk of chunks) {
    if (chunk.length === 0) continue;
    const records = chunk.map((record) => JSON.stringify(record));
    checksum.update(`${records.join('\n')}\n`);
    count += records.length;
    yield { part: 'records', records };
  }
  yield { part: 'end', count, checksum: checksum.digest('hex') };
}

/** In an order in which nothing is told of before what it refers to. */
async function* recordsOf(db: Kysely<Tables>, engine: Engine, deps: StoreDeps): AsyncGenerator<readonly FeedRecord[]> {
  yield* accountSection(db);
  yield* policySection(db);
  yield* userSection(db);
  yield* keySection(db, engine.dialect, deps);
  yield* internalKeySection(db, deps);
  yield* tombstoneSection(db);
}
