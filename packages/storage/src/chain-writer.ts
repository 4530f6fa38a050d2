import type { FeedEntry, FeedPosition } from '@claviger/contract';
import { type AuditEvent, chainLink, type ChainLink, eventDigest, type Instant, type Version } from '@claviger/core';
import type { Selectable } from 'kysely';
import { chunksOf } from './chunks.ts';
import { letOthersRun } from './clock.ts';
import { columnsOf } from './events.ts';
import { accountOf, subjectOf } from './feed-records.ts';
import { type HeadReader, textOf } from './head.ts';
import { insertRows } from './insert-rows.ts';
import { prepareQuery } from './prepared.ts';
import type { AuditEventsTable, FeedHeadTable, FeedRecordsTable } from './schema.ts';
import type { KeyEnd } from './store.ts';
import type { PendingEvent, Unit } from './unit.ts';

/** What a change wrote into the chain. */
export type Written = {
  readonly version: Version;
  readonly entries: readonly FeedEntry[];
  readonly ends: readonly KeyEnd[];
  /** The signed head: to be trusted once the commit has succeeded. */
  readonly head: FeedPosition;
  readonly signature: string;
};

/** One numbered and chained event. */
type Link = {
  readonly version: Version;
  readonly pending: PendingEvent;
  readonly event: Selectable<AuditEventsTable>;
  readonly record: Selectable<FeedRecordsTable>;
};

/** Events in one round of statements: some tens of milliseconds on the embedded engine, one statement on PostgreSQL. */
const EVENTS_AT_ONCE = 500;

const moveHead = prepareQuery((db, head: Pick<FeedHeadTable, 'version' | 'hash' | 'signature' | 'floor'>) =>
  db.updateTable('feed_head').set(head).where('id', '=', 1),
);

/**
 * Numbers, chains, writes and signs the events of a change. It is the last thing a transaction does: whoever holds the
 * counter row makes all others wait, and only so the numbers have no gaps and follow the order of the commits (D2).
 */
export async function writeChain(unit: Unit, heads: HeadReader): Promise<Written> {
  const head = await heads.read(unit.db, { lock: unit.dialect === 'postgres' });
  const { epoch } = head;
  const entries: FeedEntry[] = [];
  const ends: KeyEnd[] = [];
  let next: FeedPosition = { epoch, n: head.n, hash: head.hash };
  // A change of a hundred thousand keys writes them piece by piece: rows are let go of, and others have their turn.
  for (const some of chunksOf(unit.events, EVENTS_AT_ONCE)) {
    if (entries.length > 0) await letOthersRun();
    const links = linksAfter(next, unit, some);
    await writeLinks(unit, links);
    for (const link of links) {
      entries.push(entryOf(link));
      ends.push(...endOf(link, unit.context.now));
      next = { epoch, n: link.version.n, hash: link.event.hash };
    }
  }
  if (entries.length === 0) throw new Error('a chain is written for at least one event');
  const signature = unit.deps.sign(textOf(next));
  const floor = latest(head.floor, unit.context.storable);
  await moveHead(unit.db, { version: next.n, hash: next.hash, signature, floor });
  await numberTombstones(unit, ends);
  return { version: { epoch, n: next.n }, entries, ends, head: next, signature };
}

async function writeLinks(unit: Unit, links: readonly Link[]): Promise<void> {
  await insertRows(
    unit,
    'audit_events',
    links.map((link) => link.event),
  );
  await insertRows(
    unit,
    'feed_records',
    links.map((link) => link.record),
  );
}

function linksAfter({ epoch, n, hash }: FeedPosition, unit: Unit, events: readonly PendingEvent[]): Link[] {
  const links: Link[] = [];
  let previousHash = hash;
  for (const [index, pending] of events.entries()) {
    const link = linkOf(unit, pending, { version: { epoch, n: n + index + 1 }, previousHash });
    links.push(link);
    previousHash = link.event.hash;
  }
  return links;
}

function linkOf(
  unit: Unit,
  pending: PendingEvent,
  place: { readonly version: Version; readonly previousHash: string },
): Link {
  const { deps, context } = unit;
  const { epoch, n } = place.version;
  const event: AuditEvent = {
    ...pending.draft,
    id: deps.newEventId(),
    epoch,
    version: n,
    accountId: pending.accountId,
    time: context.now,
    origin: context.origin,
  };
  const columns = columnsOf(event);
  const record = JSON.stringify(pending.record);
  const digests = { eventDigest: eventDigest(columns, deps.sha256), recordDigest: deps.sha256(record) };
  const link = chainLink(place.previousHash, digests, deps.sha256);
  return {
    version: place.version,
    pending,
    event: { ...columns, version: n, ...chainColumns(link) },
    record: {
      version: n,
      account_id: accountOf(pending.record) ?? pending.accountId,
      subject_id: subjectOf(pending.record),
      record,
    },
  };
}

function chainColumns(
  link: ChainLink,
): Pick<AuditEventsTable, 'previous_hash' | 'event_digest' | 'record_digest' | 'hash'> {
  return {
    previous_hash: link.previousHash,
    event_digest: link.eventDigest,
    record_digest: link.recordDigest,
    hash: link.hash,
  };
}

function entryOf({ version, event, record }: Link): FeedEntry {
  return {
    epoch: version.epoch,
    n: version.n,
    previous_hash: event.previous_hash,
    event_digest: event.event_digest,
    record_digest: event.record_digest,
    hash: event.hash,
    subject_id: record.subject_id,
    record: record.record,
  };
}

function endOf({ pending, version }: Link, at: Instant): readonly KeyEnd[] {
  if (pending.end === null || pending.accountId === null) return [];
  return [{ ...pending.end, accountId: pending.accountId, at, version }];
}

async function numberTombstones(unit: Unit, ends: readonly KeyEnd[]): Promise<void> {
  for (const end of ends) {
    if (end.how !== 'deleted') continue;
    await unit.db.updateTable('tombstones').set({ version: end.version.n }).where('key_id', '=', end.keyId).execute();
  }
}

function latest(a: Instant, b: Instant): Instant {
  return a > b ? a : b;
}
