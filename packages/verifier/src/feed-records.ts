import { type FeedEntry, type FeedRecord, feedEntry, feedRecord } from '@claviger/contract';
import { linkHash, type Sha256Hex } from '@claviger/core';
import { applyRecord } from './apply.ts';
import { denySubject, holdsSubject } from './deny-subject.ts';
import type { Replica } from './replica.ts';

/** What became of one entry. */
export type EntryOutcome =
  /** Applied, or already known. */
  | 'applied'
  /** Passed, with its subject denied: a snapshot is needed to know more (D4). */
  | 'denied'
  /** Number or hash does not follow, or the envelope is broken: not passed (D2). */
  | 'does-not-follow';

/** Parses a record's text, or null; never throws. */
export function parseRecord(text: string): FeedRecord | null {
  try {
    const parsed = feedRecord.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    // Not JSON, or nested too deep for the parser: unreadable either way.
    return null;
  }
}

/**
 * Takes one entry into a replica: number and hash must follow, the link is recomputed, the record must be the one that the
 * link binds (D2). Entries that are already in are passed over, so that doubled ones do no harm.
 */
export function takeEntry(replica: Replica, entry: unknown, sha256Hex: Sha256Hex): EntryOutcome {
  const parsed = feedEntry.safeParse(entry);
  if (!parsed.success) return 'does-not-follow';
  const { epoch, n, hash } = parsed.data;
  const { position } = replica;
  if (epoch !== position.epoch) return 'does-not-follow';
  if (n <= position.n) return n === position.n && hash !== position.hash ? 'does-not-follow' : 'applied';
  if (!follows(replica, parsed.data, sha256Hex)) return 'does-not-follow';
  const outcome = takeRecord(replica, parsed.data, sha256Hex);
  if (outcome !== 'does-not-follow') replica.position = { epoch, n, hash };
  return outcome;
}

function follows(replica: Replica, entry: FeedEntry, sha256Hex: Sha256Hex): boolean {
  if (entry.n !== replica.position.n + 1 || entry.previous_hash !== replica.position.hash) return false;
  const { previous_hash, event_digest, record_digest } = entry;
  const link = { previousHash: previous_hash, eventDigest: event_digest, recordDigest: record_digest };
  return linkHash(link, sha256Hex) === entry.hash;
}

/** An unreadable record may have been an end, so whatever it was about is denied; if that cannot be told, nothing passes. */
function takeRecord(replica: Replica, entry: FeedEntry, sha256Hex: Sha256Hex): EntryOutcome {
  // Withheld because it is another account's; what is ours and withheld is as good as unreadable.
  if (entry.record === null && (entry.subject_id === null || !holdsSubject(replica, entry.subject_id)))
    return 'applied';
  const record = readRecord(entry, sha256Hex);
  if (record !== null && isApplied(replica, record)) return 'applied';
  if (entry.subject_id === null || !denySubject(replica, entry.subject_id)) return 'does-not-follow';
  return 'denied';
}

/** A record that breaks something here (a full table, a fault of ours) counts as unreadable: it never stops the feed (D4). */
function isApplied(replica: Replica, record: FeedRecord): boolean {
  try {
    return applyRecord(replica, record);
  } catch {
    return false;
  }
}

/** The record that the chain binds, or null when this is not it, or nothing that we can read. */
function readRecord(entry: FeedEntry, sha256Hex: Sha256Hex): FeedRecord | null {
  if (entry.record === null || sha256Hex(entry.record) !== entry.record_digest) return null;
  return parseRecord(entry.record);
}
