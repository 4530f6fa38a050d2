import {
  FEED_SCHEMA,
  type FeedEntry,
  type FeedPosition,
  type FeedRecord,
  type FeedSource,
  type FeedTail,
  type SnapshotPart,
} from '@claviger/contract';
import { chainLink, GENESIS_HASH } from '@claviger/core';
import { systemDigests } from '../digests.ts';
import { parseRecord } from '../feed-records.ts';

/** A feed in memory, chained as the real one is: what tests follow. */
export type MemoryFeed = FeedSource & {
  readonly entries: FeedEntry[];
  /** Adds a change and wakes readers unless told not to. */
  append(record: FeedRecord, options?: { readonly isQuiet?: boolean }): FeedEntry;
  /** Adds an entry with this very text as its record, well chained. */
  appendText(text: string, subjectId: string | null): FeedEntry;
  head(): FeedPosition;
  /** Begins a new epoch from a past state, as a restored backup does. */
  restore(n: number): void;
  wake(): void;
};

/** What a feed holds: a state that its epoch began from, and the changes since. */
type Held = {
  base: { readonly records: readonly string[]; readonly at: FeedPosition };
  readonly entries: FeedEntry[];
};

/** An empty feed. */
export function createMemoryFeed(): MemoryFeed {
  const listeners = new Set<() => void>();
  const held: Held = { base: { records: [], at: { epoch: 1, n: 0, hash: GENESIS_HASH } }, entries: [] };
  const wake = (): void => {
    for (const listener of listeners) listener();
  };
  return {
    entries: held.entries,
    append: (record, options) => {
      const entry = appendText(held, JSON.stringify(record), subjectOf(record));
      if (options?.isQuiet !== true) wake();
      return entry;
    },
    appendText: (text, subjectId) => appendText(held, text, subjectId),
    head: () => headOf(held),
    wake,
    restore: (n) => {
      const hash = held.entries.find((entry) => entry.n === n)?.hash ?? held.base.at.hash;
      held.base = { records: stateAt(held, n), at: { epoch: held.base.at.epoch + 1, n, hash } };
      held.entries.length = 0;
    },
    snapshot: () => partsOf(headOf(held), stateAt(held, headOf(held).n)),
    tail: (after, limit) => Promise.resolve(tailOf(held, after, limit)),
    onWake: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function headOf(held: Held): FeedPosition {
  const last = held.entries.at(-1);
  return last === undefined ? held.base.at : { epoch: last.epoch, n: last.n, hash: last.hash };
}

function appendText(held: Held, text: string, subjectId: string | null): FeedEntry {
  const entry = entryAfter(headOf(held), text, subjectId);
  held.entries.push(entry);
  return entry;
}

/** A well-chained entry that follows a position. */
export function entryAfter(before: FeedPosition, text: string, subjectId: string | null): FeedEntry {
  const eventDigest = systemDigests.sha256Hex(`event ${before.epoch}.${before.n + 1} ${text}`);
  const digests = { eventDigest, recordDigest: systemDigests.sha256Hex(text) };
  const link = chainLink(before.hash, digests, systemDigests.sha256Hex);
  return {
    epoch: before.epoch,
    n: before.n + 1,
    previous_hash: link.previousHash,
    event_digest: link.eventDigest,
    record_digest: link.recordDigest,
    hash: link.hash,
    subject_id: subjectId,
    record: text,
  };
}

/** The records of everything that was there after change `n`; unreadable ones are left out, as a store would write anew. */
function stateAt(held: Held, n: number): readonly string[] {
  const state = new Map<string | null, string>();
  const texts = held.entries.filter((entry) => entry.n <= n).map(({ record }) => record ?? 'null');
  for (const text of [...held.base.records, ...texts]) {
    const record = parseRecord(text);
    if (record !== null && record.type !== 'none') state.set(subjectOf(record), text);
  }
  const gone = ['user_deleted', 'policy_deleted'];
  return [...state.values()].filter((text) => !gone.includes((JSON.parse(text) as FeedRecord).type));
}

/** The parts of a snapshot of these records. */
export async function* partsOf(at: FeedPosition, records: readonly string[]): AsyncGenerator<SnapshotPart> {
  yield await Promise.resolve<SnapshotPart>({ part: 'head', schema: FEED_SCHEMA, ...at });
  for (let index = 0; index < records.length; index += 100) {
    yield { part: 'records', records: records.slice(index, index + 100) };
  }
  const checksum = systemDigests.sha256Hex(records.map((text) => `${text}\n`).join(''));
  yield { part: 'end', count: records.length, checksum };
}

/** What a record is about. */
export function subjectOf(record: FeedRecord): string | null {
  if (record.type === 'none') return null;
  if (record.type === 'internal_key') return record.internal_key_id;
  if ('key_id' in record) return record.key_id;
  if ('user_id' in record) return record.user_id;
  return 'policy_id' in record ? record.policy_id : record.account_id;
}

function tailOf(held: Held, after: FeedPosition, limit: number): FeedTail {
  const isSame = ({ epoch, n, hash }: FeedPosition): boolean =>
    epoch === after.epoch && n === after.n && hash === after.hash;
  if (!isSame(held.base.at) && !held.entries.some(isSame)) return { kind: 'reload' };
  const entries = held.entries.filter(({ n }) => n > after.n).slice(0, limit);
  return { kind: 'entries', entries, head: headOf(held) };
}
