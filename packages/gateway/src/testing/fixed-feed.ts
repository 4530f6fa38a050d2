import {
  FEED_SCHEMA,
  type FeedEntry,
  type FeedPosition,
  type FeedRecord,
  type FeedSource,
  type SnapshotPart,
} from '@claviger/contract';
import { chainLink, GENESIS_HASH } from '@claviger/core';
import { systemDigests } from '@claviger/verifier';

/** A feed in memory that starts with a state and takes further changes: what tests of the data plane decide from. */
export type FixedFeed = FeedSource & {
  /** Adds a change; whoever follows takes it with `accept`. */
  append(record: FeedRecord): FeedEntry;
};

/** A feed whose snapshot holds these records at version 1.1. */
export function createFixedFeed(records: readonly FeedRecord[]): FixedFeed {
  const start: FeedPosition = { epoch: 1, n: 1, hash: GENESIS_HASH };
  const texts = records.map((record) => JSON.stringify(record));
  const entries: FeedEntry[] = [];
  const head = (): FeedPosition => entries.at(-1) ?? start;

  return {
    append: (record) => {
      const entry = entryAfter(head(), JSON.stringify(record));
      entries.push(entry);
      return entry;
    },
    snapshot: () => partsOf(start, texts),
    tail: (after) =>
      Promise.resolve({ kind: 'entries', entries: entries.filter(({ n }) => n > after.n), head: positionOf(head()) }),
    onWake: () => () => undefined,
  };
}

function positionOf({ epoch, n, hash }: FeedPosition): FeedPosition {
  return { epoch, n, hash };
}

function entryAfter(before: FeedPosition, record: string): FeedEntry {
  const eventDigest = systemDigests.sha256Hex(`event ${before.n + 1}`);
  const recordDigest = systemDigests.sha256Hex(record);
  const link = chainLink(before.hash, { eventDigest, recordDigest }, systemDigests.sha256Hex);
  return {
    epoch: before.epoch,
    n: before.n + 1,
    previous_hash: link.previousHash,
    event_digest: eventDigest,
    record_digest: recordDigest,
    hash: link.hash,
    subject_id: null,
    record,
  };
}

async function* partsOf(at: FeedPosition, texts: readonly string[]): AsyncGenerator<SnapshotPart> {
  yield await Promise.resolve<SnapshotPart>({ part: 'head', schema: FEED_SCHEMA, ...at });
  yield { part: 'records', records: [...texts] };
  const checksum = systemDigests.startSha256();
  for (const text of texts) checksum.add(`${text}\n`);
  yield { part: 'end', count: texts.length, checksum: checksum.hex() };
}
