import { FEED_SCHEMA, type FeedSource, type SnapshotPart, snapshotPart } from '@claviger/contract';
import { ok, refuse, type Result } from '@claviger/core';
import { applyKey, applyRecord } from './apply.ts';
import type { SystemDigests } from './digests.ts';
import { parseRecord } from './feed-records.ts';
import { parsePlainKeyRecord } from './plain-key-record.ts';
import type { Replica } from './replica.ts';
import type { FedVerifier } from './verifier.ts';

/** Why a snapshot is not taken. The present state goes on, until the staleness bound ends that (D4, D5). */
export type SnapshotRefusal =
  | 'not-a-snapshot'
  | 'other-schema'
  | 'bad-record'
  | 'contradiction'
  | 'wrong-count'
  | 'wrong-checksum'
  | 'cut-short';

/** What loading needs. */
export type SnapshotDeps = Pick<SystemDigests, 'startSha256'> & {
  readonly source: Pick<FeedSource, 'snapshot'>;
  readonly verifier: Pick<FedVerifier, 'newReplica'>;
  /** Waits for the next part, but not for ever and not beyond a stop; throws then. */
  inTime<T>(part: Promise<T>): Promise<T>;
};

/** A replica being filled. */
type Filling = {
  readonly replica: Replica;
  readonly checksum: ReturnType<SystemDigests['startSha256']>;
  count: number;
};

/**
 * Loads a snapshot into a replica of its own (D3). It comes back only whole: right schema, every record readable, count and
 * checksum as sent, nothing after the end. Throws when the source does.
 */
export async function loadSnapshot(deps: SnapshotDeps): Promise<Result<Replica, SnapshotRefusal>> {
  const parts = deps.source.snapshot()[Symbol.asyncIterator]();
  try {
    const filling = await startFilling(deps, parts);
    if (!filling.ok) return filling;
    for (;;) {
      const part = await nextPart(deps, parts);
      if (part === null || part === 'malformed' || part.part === 'head') return refuse(refusalOf(part));
      if (part.part === 'end') return finish(filling.value, part);
      const refusal = fill(filling.value, part.records);
      if (refusal !== null) return refuse(refusal);
    }
  } finally {
    // Not awaited: a source that hangs would hang here again.
    void parts.return?.()?.catch(() => undefined);
  }
}

type Parts = AsyncIterator<SnapshotPart>;

async function startFilling(deps: SnapshotDeps, parts: Parts): Promise<Result<Filling, SnapshotRefusal>> {
  const head = await nextPart(deps, parts);
  if (head === null || head === 'malformed' || head.part !== 'head') return refuse(refusalOf(head));
  if (head.schema !== FEED_SCHEMA) return refuse('other-schema');
  const { epoch, n, hash } = head;
  return ok({ replica: deps.verifier.newReplica({ epoch, n, hash }), checksum: deps.startSha256(), count: 0 });
}

async function nextPart(deps: SnapshotDeps, parts: Parts): Promise<SnapshotPart | 'malformed' | null> {
  const next = await deps.inTime(parts.next());
  if (next.done === true) return null;
  const parsed = snapshotPart.safeParse(next.value);
  return parsed.success ? parsed.data : 'malformed';
}

function refusalOf(part: SnapshotPart | 'malformed' | null): SnapshotRefusal {
  return part === null ? 'cut-short' : 'not-a-snapshot';
}

function fill(filling: Filling, records: readonly string[]): SnapshotRefusal | null {
  if (records.length > 0) filling.checksum.add(`${records.join('\n')}\n`);
  filling.count += records.length;
  for (const text of records) {
    const plain = parsePlainKeyRecord(text);
    if (plain !== null) {
      if (!applyKey(filling.replica, plain)) return 'contradiction';
      continue;
    }
    const record = parseRecord(text);
    if (record === null) return 'bad-record';
    if (!applyRecord(filling.replica, record)) return 'contradiction';
  }
  return null;
}

function finish(filling: Filling, end: Extract<SnapshotPart, { part: 'end' }>): Result<Replica, SnapshotRefusal> {
  if (end.count !== filling.count) return refuse('wrong-count');
  return end.checksum === filling.checksum.hex() ? ok(filling.replica) : refuse('wrong-checksum');
}
