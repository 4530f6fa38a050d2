import { DatabaseSync } from 'node:sqlite';
import {
  type ChainBreak,
  checkLink,
  EVENT_COLUMNS,
  type EventColumns,
  GENESIS_HASH,
  headText,
  type StoredLink,
} from '@claviger/core';

/** Something that is wrong with a log, and where. */
export type AuditFinding =
  | ChainBreak
  /** The head's signature is not of the signing key: somebody without it has written there. */
  | { readonly kind: 'head-not-signed'; readonly version: number }
  /** The signed head and the last event differ: events were cut off, or added behind it. */
  | { readonly kind: 'head-differs'; readonly version: number };

/** What checking takes: a digest, and whether the public key says that a signature is good. */
export type AuditCheckDeps = {
  readonly sha256: (text: string) => string;
  readonly isSigned: (text: string, signature: string) => boolean;
};

/** Findings listed at most: a log that is broken everywhere is not worth a longer list. */
const FINDINGS_MOST = 100;

type Place = { readonly version: number; readonly hash: string };

/** Walks the chain in a database file from its first event to its signed head (A4). Reads only, from one consistent state. */
export function verifyAuditLog(
  path: string,
  deps: AuditCheckDeps,
): { readonly events: number; readonly findings: readonly AuditFinding[] } {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    database.exec('begin');
    const findings: AuditFinding[] = [];
    let events = 0;
    let last: Place = { version: 0, hash: GENESIS_HASH };
    for (const row of database.prepare('select * from audit_events order by version').iterate()) {
      const link = storedLink(row);
      const found = checkLink(last, link, deps.sha256);
      if (found !== null && findings.length < FINDINGS_MOST) findings.push(found);
      // Goes on from what stands there, so that one break is one finding and not the rest of the log.
      last = { version: Number(link.columns.version), hash: link.hash };
      events += 1;
    }
    return { events, findings: [...findings, ...headFindings(database, last, deps)] };
  } finally {
    database.close();
  }
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
  if (!deps.isSigned(headText(head), String(row?.['signature']))) return [{ kind: 'head-not-signed', version }];
  const isEnd = last.version === version && last.hash === head.hash;
  return isEnd ? [] : [{ kind: 'head-differs', version: Math.min(last.version, version) + 1 }];
}
