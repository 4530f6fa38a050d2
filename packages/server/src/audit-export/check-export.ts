import { createHash } from 'node:crypto';
import {
  type Checkpoint,
  checkLink,
  type ChainHead,
  EVENT_COLUMNS,
  type EventColumns,
  headText,
  linkHash,
} from '@claviger/core';
import { anchorOf, type AuditCheckDeps, type AuditFinding, isSigned } from '@claviger/storage';
import { endText, eventLine, type ExportEnd, type ExportHeader, headerLine, linkLine, signedEndLine } from './lines.ts';

/** Something that is wrong with a downloaded log. `version` is where; `line` counts from 1. */
export type ExportFinding = {
  readonly kind:
    | AuditFinding['kind']
    /** The line is none that a download writes. */
    | 'unreadable'
    /** The file has no end: a part of it is missing, or the download broke off. */
    | 'cut-off'
    /** Everything fits, and still the file is not the one that was signed. */
    | 'file-differs';
  readonly version: number;
  readonly line: number;
};

/** What a look at a file found. */
export type ExportVerdict = {
  readonly events: number;
  /** Whether the whole chain is there, or only the events themselves. */
  readonly hasLinks: boolean;
  readonly head: ChainHead | null;
  /** The latest checkpoint that vouches for it; those taken after the download are not looked at. */
  readonly anchor: Checkpoint | null;
  readonly findings: readonly ExportFinding[];
};

/** Findings listed at most. */
const FINDINGS_MOST = 100;

/** Looks at a downloaded log line by line, with nothing but the public key (A4). Memory holds one line. */
export type ExportCheck = {
  /** A line without its line feed. */
  line(bytes: Uint8Array): void;
  end(): ExportVerdict;
};

type Place = { readonly version: number; readonly hash: string };
type State = {
  readonly findings: ExportFinding[];
  readonly digest: ReturnType<typeof createHash>;
  header: ExportHeader | null;
  last: Place;
  lines: number;
  events: number;
  end: ChainHead | null;
  /** The hashes at the versions of checkpoints. */
  readonly hashAt: Map<number, string | null>;
};

/** A check that has seen nothing yet. */
export function createExportCheck(deps: AuditCheckDeps, checkpoints: readonly Checkpoint[] = []): ExportCheck {
  const state: State = {
    findings: [],
    digest: createHash('sha256'),
    header: null,
    last: { version: 0, hash: '' },
    lines: 0,
    events: 0,
    end: null,
    hashAt: new Map(checkpoints.map(({ version }) => [version, null])),
  };
  return {
    line: (bytes) => {
      state.lines += 1;
      readLine(state, bytes, deps);
      if (state.hashAt.has(state.last.version)) state.hashAt.set(state.last.version, state.last.hash);
    },
    end: () => {
      if (state.end === null) tell(state, 'cut-off', state.last.version + 1);
      const { events, header, end, findings, hashAt } = state;
      const hasLinks = header?.has_links ?? false;
      // Later ones know of later events; without links only those of events that are here can be compared.
      const isComparable = ({ version }: Checkpoint): boolean =>
        version <= (end?.version ?? 0) && (hasLinks || typeof hashAt.get(version) === 'string');
      const anchor = anchorOf(checkpoints.filter(isComparable), { hashAt, end: state.last.version }, deps);
      const differing = anchor.findings.map((finding) => ({ ...finding, line: state.lines }));
      return { events, hasLinks, head: end, anchor: anchor.upTo, findings: [...findings, ...differing] };
    },
  };
}

function tell(state: State, kind: ExportFinding['kind'], version: number): void {
  if (state.findings.length < FINDINGS_MOST) state.findings.push({ kind, version, line: state.lines });
}

function readLine(state: State, bytes: Uint8Array, deps: AuditCheckDeps): void {
  const text = textOf(bytes);
  const line = text === null ? null : parsed(text);
  const isEnd = line?.['object'] === 'audit_log_export_end';
  if (state.end !== null) return tell(state, 'unreadable', state.last.version + 1);
  if (!isEnd) state.digest.update(bytes).update('\n');
  if (text === null || line === null) return tell(state, 'unreadable', state.last.version + 1);
  if (state.header === null) return readHeader(state, text, line);
  switch (line['object']) {
    case 'event':
      return readEvent(state, { text, line, deps });
    case 'link':
      return readLink(state, { text, line, deps });
    case 'audit_log_export_end':
      return readEnd(state, { text, line, deps });
    default:
      return tell(state, 'unreadable', state.last.version + 1);
  }
}

type Json = Readonly<Record<string, unknown>>;
type Line = { readonly text: string; readonly line: Json; readonly deps: AuditCheckDeps };

function readHeader(state: State, text: string, line: Json): void {
  const header = line as unknown as ExportHeader;
  const isHeader = sameText(text, () => headerLine(header)) && typeof header.has_links === 'boolean';
  if (!isHeader) tell(state, 'unreadable', 1);
  // A first line that is none: the others are looked at as if all were there.
  state.header = isHeader ? header : { account_id: '', time: '', filters: {}, has_links: true, after: state.last };
  if (isHeader) state.last = { version: Number(header.after.version), hash: String(header.after.hash) };
}

function readEvent(state: State, { text, line, deps }: Line): void {
  const stored = (line['stored'] ?? {}) as EventColumns;
  const columns = Object.fromEntries(EVENT_COLUMNS.map((name) => [name, String(stored[name])])) as EventColumns;
  const link = linkOf(line);
  const { recordDigest, previousHash, hash } = link;
  state.events += 1;
  const version = Number(columns.version);
  const place = { version: state.last.version + 1, hash: state.last.hash };
  // Without links an event follows one that is not here: only its own link can be looked at.
  const isNext = state.header?.has_links === true || version <= place.version;
  const before = isNext ? state.last : { version: version - 1, hash: previousHash };
  const found = checkLink(before, { columns, previousHash, recordDigest, hash }, deps.sha256);
  if (found !== null) tell(state, found.kind, found.version);
  else if (line['number'] !== state.events) {
    tell(state, 'missing', place.version);
  } else if (!sameText(text, () => eventLine({ columns, link }, state.events))) {
    tell(state, 'changed', version);
  } else if (link.eventDigest !== deps.sha256(JSON.stringify(EVENT_COLUMNS.map((name) => columns[name])))) {
    tell(state, 'changed', version);
  }
  if (typeof line['number'] === 'number') state.events = line['number'];
  if (Number.isSafeInteger(version)) state.last = { version, hash };
}

function readLink(state: State, { text, line, deps }: Line): void {
  const version = Number(line['version']);
  const expected = state.last.version + 1;
  const link = linkOf(line);
  if (version !== expected) tell(state, version < expected ? 'out-of-order' : 'missing', expected);
  else if (linkHash({ ...link, previousHash: state.last.hash }, deps.sha256) !== link.hash)
    tell(state, 'changed', version);
  else if (!sameText(text, () => linkLine({ ...link, version }))) tell(state, 'changed', version);
  if (Number.isSafeInteger(version)) state.last = { version, hash: link.hash };
}

function readEnd(state: State, { text, line, deps }: Line): void {
  const head = (line['head'] ?? {}) as ChainHead & { readonly signature: unknown };
  const chainHead = { epoch: Number(head.epoch), version: Number(head.version), hash: String(head.hash) };
  const sha256 = state.digest.digest('hex');
  const asked: ExportEnd = {
    head: chainHead,
    events: Number(line['events']),
    sha256: String(line['sha256']),
    public_key_id: String(line['public_key_id']),
  };
  const signatures = { head: String(head.signature), file: String(line['signature']) };
  state.end = chainHead;
  const { version } = chainHead;
  const isWhole = state.header?.has_links !== true || state.last.version === version;
  const isAtHead = state.last.version !== version || state.last.hash === chainHead.hash;
  if (!sameText(text, () => signedEndLine(asked, signatures))) tell(state, 'unreadable', version);
  else if (!isSigned(headText(chainHead), signatures.head, deps)) tell(state, 'head-not-signed', version);
  else if (!isSigned(endText(asked), signatures.file, deps)) tell(state, 'head-not-signed', version);
  else if (!isWhole || !isAtHead || state.last.version > version)
    tell(state, 'head-differs', Math.min(state.last.version, version) + 1);
  else if (state.events !== asked.events) tell(state, 'missing', state.last.version + 1);
  // A change that was found is the better answer than that the bytes are not the same.
  else if (sha256 !== asked.sha256 && state.findings.length === 0) tell(state, 'file-differs', version);
}

function linkOf(line: Json) {
  return {
    previousHash: String(line['previous_hash']),
    eventDigest: String(line['event_digest']),
    recordDigest: String(line['record_digest']),
    hash: String(line['hash']),
  };
}

/** Whether a line is what its own content makes it: nothing more, nothing less, nothing in another place. */
function sameText(text: string, make: () => string): boolean {
  try {
    return make() === text;
  } catch {
    // What cannot even be shown was not written by us: the caller tells of it.
    return false;
  }
}

function textOf(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null; // no UTF-8: the caller tells of it
  }
}

function parsed(text: string): Json | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null;
  } catch {
    return null; // no JSON: the caller tells of it
  }
}
