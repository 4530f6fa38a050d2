import { type ChainHead, EVENT_COLUMNS, type EventColumns, headText } from '@claviger/core';
import { eventFrom, type NumberedLink, type StoredEvent } from '@claviger/storage';
import { presentEvent } from '../http/present.ts';

/** The lines of a downloaded log. Writer and checker make each line with the same function, so that a line is right or wrong byte for byte. */

/** The kind of file; a later one gets another name. */
const EXPORT_FORMAT = 'claviger-audit-export-1';

/** What the first line says: what was asked for, and where the file begins. */
export type ExportHeader = {
  readonly account_id: string;
  readonly time: string;
  readonly filters: Readonly<Record<string, string>>;
  /** Whether the events that are left out are here as links, so that nothing is missing from the chain. */
  readonly has_links: boolean;
  /** The place in the chain before the first line. */
  readonly after: { readonly version: number; readonly hash: string };
};

/** What the last line says: where the chain stood, how much there is, and the signatures. */
export type ExportEnd = {
  readonly head: ChainHead;
  readonly events: number;
  /** SHA-256, hex, of every byte before the last line. */
  readonly sha256: string;
  readonly public_key_id: string;
};

export function headerLine(header: ExportHeader): string {
  const { account_id, time, filters, has_links, after } = header;
  return JSON.stringify({
    object: 'audit_log_export',
    format: EXPORT_FORMAT,
    account_id,
    time,
    filters,
    has_links,
    after: { version: after.version, hash: after.hash },
  });
}

/** An event as the API shows it, and the texts that its digest covers; `number` counts the events of the file. */
export function eventLine({ columns, link }: Omit<StoredEvent, 'event'>, number: number): string {
  const stored = Object.fromEntries(EVENT_COLUMNS.map((column) => [column, columns[column]])) as EventColumns;
  return JSON.stringify({
    ...presentEvent(eventFrom({ ...stored, version: Number(stored.version) })),
    number,
    stored,
    previous_hash: link.previousHash,
    event_digest: link.eventDigest,
    record_digest: link.recordDigest,
    hash: link.hash,
  });
}

/** An event that is left out: its place in the chain, and nothing of what it says. */
export function linkLine({ version, eventDigest, recordDigest, hash }: Omit<NumberedLink, 'previousHash'>): string {
  return JSON.stringify({ object: 'link', version, event_digest: eventDigest, record_digest: recordDigest, hash });
}

export function endLine(end: ExportEnd, sign: (text: string) => string): string {
  return signedEndLine(end, { head: sign(headText(end.head)), file: sign(endText(end)) });
}

/** The last line with signatures that are there already. */
export function signedEndLine(end: ExportEnd, signatures: { readonly head: string; readonly file: string }): string {
  const { epoch, version, hash } = end.head;
  return JSON.stringify({
    object: 'audit_log_export_end',
    events: end.events,
    sha256: end.sha256,
    head: { epoch, version, hash, signature: signatures.head },
    public_key_id: end.public_key_id,
    signature: signatures.file,
  });
}

/** The text that the signature of a file covers: that these bytes are what this installation handed out, no more and no less. */
export function endText({ head, events, sha256, public_key_id }: ExportEnd): string {
  return `${EXPORT_FORMAT}\n${headText(head)}\n${events}\n${sha256}\n${public_key_id}`;
}
