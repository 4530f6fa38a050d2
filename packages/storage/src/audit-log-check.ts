import { DatabaseSync } from 'node:sqlite';
import {
  type ChainBreak,
  type Checkpoint,
  checkpointText,
  checkLink,
  EVENT_COLUMNS,
  type EventColumns,
  eventDigest,
  GENESIS_HASH,
  headText,
  type StoredLink,
} from '@claviger/core';

/** Something that is wrong with a log, and where. */
export type AuditFinding =
  | ChainBreak
  /** What verifiers are told of an event was changed or deleted. */
  | { readonly kind: 'record-changed'; readonly version: number }
  /** The head's signature is not of the signing key: somebody without it has written there. */
  | { readonly kind: 'head-not-signed'; readonly version: number }
  /** The signed head and the last event differ: events were cut off, or added behind it. */
  | { readonly kind: 'head-differs'; readonly version: number }
  /** A checkpoint that the signing key did not sign. */
  | { readonly kind: 'checkpoint-not-signed'; readonly version: number }
  /** The log is not the one that a checkpoint was taken of: it is older, or was written anew. */
  | { readonly kind: 'checkpoint-differs'; readonly version: number };

/** What checkpoints say of a log: what they contradict, and the latest that vouches for it (A4). */
export type Anchor = { readonly findings: readonly AuditFinding[]; readonly upTo: Checkpoint | null };

/** What checking takes: a digest, and whether the public key says that a signature is good. */
export type AuditCheckDeps = {
  readonly sha256: (text: string) => string;
  readonly isSigned: (text: string, signature: string) => boolean;
};

/** Findings listed at most: a log that is broken everywhere is not worth a longer list. */
const FINDINGS_MOST = 100;

type Place = { readonly version: number; readonly hash: string };
const FIRST: Place = { version: 0, hash: GENESIS_HASH };

const ALL_EVENTS =
  'select e.*, f.record from audit_events e left join feed_records f on f.version = e.version order by e.version';

/**
 * Walks events with their feed records, in version order, from a place in the chain; what stands at the versions of `hashAt`
 * is noted there. It goes on from what it finds, so that one break is one finding and not the rest of the log.
 */
export function walkLog(
  rows: Iterable<Readonly<Record<string, unknown>>>,
  start: Place,
  deps: Pick<AuditCheckDeps, 'sha256'>,
  hashAt: Map<number, string | null> = new Map(),
): { readonly events: number; readonly findings: readonly AuditFinding[]; readonly last: Place } {
  const findings: AuditFinding[] = [];
  let events = 0;
  let last = start;
  for (const row of rows) {
    const link = storedLink(row);
    const found = checkLink(last, link, deps.sha256) ?? besides(row, link, deps);
    if (found !== null && findings.length < FINDINGS_MOST) findings.push(found);
    last = { version: Number(link.columns.version), hash: link.hash };
    if (hashAt.has(last.version)) hashAt.set(last.version, last.hash);
    events += 1;
  }
  return { events, findings, last };
}

/** What stands beside an event whose link is good: its digest for readers that do not see it, and what verifiers are told (D2). */
function besides(
  row: Readonly<Record<string, unknown>>,
  { columns, recordDigest }: StoredLink,
  deps: Pick<AuditCheckDeps, 'sha256'>,
): AuditFinding | null {
  const version = Number(columns.version);
  if (row['event_digest'] !== eventDigest(columns, deps.sha256)) return { kind: 'changed', version };
  const { record } = row;
  const isRecord = typeof record === 'string' && deps.sha256(record) === recordDigest;
  return isRecord ? null : { kind: 'record-changed', version };
}

/** Walks the chain in a database file from its first event to its signed head (A4). Reads only, from one consistent state. */
export function verifyAuditLog(
  path: string,
  deps: AuditCheckDeps,
  checkpoints: readonly Checkpoint[] = [],
): { readonly events: number; readonly findings: readonly AuditFinding[]; readonly anchor: Checkpoint | null } {
  const hashAt = new Map<number, string | null>(checkpoints.map(({ version }) => [version, null]));
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    database.exec('begin');
    const walked = walkLog(database.prepare(ALL_EVENTS).iterate(), FIRST, deps, hashAt);
    const { events, findings, last } = walked;
    const anchor = anchorOf(checkpoints, { hashAt, end: last.version }, deps);
    return {
      events,
      findings: [...findings, ...headFindings(database, last, deps), ...anchor.findings],
      anchor: anchor.upTo,
    };
  } finally {
    database.close();
  }
}

/** The one text of a signature: in capitals, or with something behind it, it would be read as the same bytes. */
const SIGNATURE = /^[0-9a-f]{128}$/;

/** Whether a text is signed, and the signature is written as we write it. */
export function isSigned(text: string, signature: string, deps: Pick<AuditCheckDeps, 'isSigned'>): boolean {
  return SIGNATURE.test(signature) && deps.isSigned(text, signature);
}

function storedLink(row: Record<string, unknown>): StoredLink {
  const textOf = (column: string): string => String(row[column]);
  const columns = Object.fromEntries(EVENT_COLUMNS.map((column) => [column, textOf(column)]));
  return {
    columns: columns as EventColumns,
    previousHash: textOf('previous_hash'),
    recordDigest: textOf('record_digest'),
    hash: textOf('hash'),
  };
}

function headFindings(database: DatabaseSync, last: Place, deps: AuditCheckDeps): readonly AuditFinding[] {
  const row = database.prepare('select epoch, version, hash, signature from feed_head where id = 1').get();
  const head = { epoch: Number(row?.['epoch']), version: Number(row?.['version']), hash: String(row?.['hash']) };
  const { version } = head;
  if (!isSigned(headText(head), String(row?.['signature']), deps)) return [{ kind: 'head-not-signed', version }];
  const isEnd = last.version === version && last.hash === head.hash;
  return isEnd ? [] : [{ kind: 'head-differs', version: Math.min(last.version, version) + 1 }];
}

/** Compares a log with checkpoints that were kept outside (A4); `hashAt` has the hash of each of their versions, null where there is none. */
export function anchorOf(
  checkpoints: readonly Checkpoint[],
  log: { readonly hashAt: ReadonlyMap<number, string | null>; readonly end: number },
  deps: AuditCheckDeps,
): Anchor {
  const findings: AuditFinding[] = [];
  let upTo: Checkpoint | null = null;
  for (const checkpoint of checkpoints) {
    const { version, hash, signature } = checkpoint;
    const stands = log.hashAt.get(version) ?? null;
    if (!isSigned(checkpointText(checkpoint), signature, deps)) {
      findings.push({ kind: 'checkpoint-not-signed', version });
    } else if (stands !== hash) {
      findings.push({
        kind: 'checkpoint-differs',
        version: stands === null ? Math.min(log.end + 1, version) : version,
      });
    } else if (upTo === null || version > upTo.version) upTo = checkpoint;
  }
  return { findings: findings.slice(0, FINDINGS_MOST), upTo };
}
