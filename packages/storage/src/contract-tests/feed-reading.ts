import { createHash } from 'node:crypto';
import { feedRecord, type FeedEntry, type FeedPosition, type FeedRecord, type SnapshotPart } from '@claviger/contract';
import { GENESIS_HASH } from '@claviger/core';
import type { Store } from '../store.ts';

/** Before the first change. */
export const GENESIS: FeedPosition = { epoch: 1, n: 0, hash: GENESIS_HASH };

/** A whole snapshot, checked against its own end. */
export type WholeSnapshot = { readonly position: FeedPosition; readonly records: readonly FeedRecord[] };

/** Reads a snapshot to its end and checks count and checksum (D3). */
export async function readSnapshot(store: Store): Promise<WholeSnapshot> {
  const parts: SnapshotPart[] = [];
  for await (const part of store.feed.snapshot()) parts.push(part);
  const [head] = parts;
  const end = parts.at(-1);
  if (head?.part !== 'head' || end?.part !== 'end')
    throw new Error('a snapshot begins with its head and ends with its end');
  const texts = parts.flatMap((part) => (part.part === 'records' ? part.records : []));
  const checksum = createHash('sha256')
    .update(texts.map((text) => `${text}\n`).join(''))
    .digest('hex');
  if (end.count !== texts.length || end.checksum !== checksum)
    throw new Error('the snapshot does not fit its checksum');
  return { position: { epoch: head.epoch, n: head.n, hash: head.hash }, records: texts.map(parseRecord) };
}

/** Reads the tail after a position to its end, in pages. */
export async function readTail(store: Store, after: FeedPosition, pageLength = 7): Promise<readonly FeedEntry[]> {
  const all: FeedEntry[] = [];
  let position = after;
  for (;;) {
    const tail = await store.feed.tail(position, pageLength);
    if (tail.kind === 'reload') throw new Error(`the feed asks for a reload at ${position.epoch}.${position.n}`);
    const last = tail.entries.at(-1);
    if (last === undefined) return all;
    all.push(...tail.entries);
    position = { epoch: last.epoch, n: last.n, hash: last.hash };
  }
}

/** Reads a record as a verifier does: strictly. */
export function parseRecord(text: string): FeedRecord {
  return feedRecord.parse(JSON.parse(text));
}

/** The records of some entries. */
export function recordsOf(entries: readonly FeedEntry[]): readonly FeedRecord[] {
  return entries.map((entry) => parseRecord(entry.record ?? '{"type":"none"}'));
}

/** What a verifier knows after these records, by subject: the last one of each counts, what is deleted is gone, dead keys stay dead. */
export function stateAfter(
  records: readonly FeedRecord[],
  from: ReadonlyMap<string, FeedRecord> = new Map(),
): Map<string, FeedRecord> {
  const state = new Map(from);
  for (const record of records) {
    switch (record.type) {
      case 'none':
        break;
      case 'policy_deleted':
        state.delete(record.policy_id);
        break;
      case 'user_deleted':
        state.delete(record.user_id);
        break;
      case 'account':
        state.set(record.account_id, record);
        break;
      case 'user':
        state.set(record.user_id, record);
        break;
      case 'policy':
        state.set(record.policy_id, record);
        break;
      case 'internal_key':
        state.set(record.internal_key_id, record);
        break;
      case 'key':
        if (state.get(record.key_id)?.type !== 'key_deleted') state.set(record.key_id, record);
        break;
      case 'key_deleted':
        state.set(record.key_id, record);
        break;
    }
  }
  return state;
}
