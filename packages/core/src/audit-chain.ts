/** SHA-256 of a UTF-8 text, as 64 lower-case hex characters. Handed in: core computes no digests of its own. */
export type Sha256Hex = (text: string) => string;

/** The stored texts of one event, column by column; what the chain covers is exactly what an auditor can read (A4). */
export type EventColumns = {
  readonly epoch: string;
  readonly version: string;
  readonly id: string;
  readonly account_id: string;
  readonly time: string;
  readonly event_name: string;
  readonly actor: string;
  readonly affected_user_id: string;
  readonly resource_id: string;
  readonly key_kind: string;
  readonly changes: string;
  readonly ip_address: string;
  readonly user_agent: string;
  readonly http_method: string;
  readonly path: string;
  readonly request_id: string;
  readonly result: string;
};

/** The columns in the order in which they are hashed. New columns go to the end, under a new chain format. */
export const EVENT_COLUMNS = [
  'epoch',
  'version',
  'id',
  'account_id',
  'time',
  'event_name',
  'actor',
  'affected_user_id',
  'resource_id',
  'key_kind',
  'changes',
  'ip_address',
  'user_agent',
  'http_method',
  'path',
  'request_id',
  'result',
] as const satisfies readonly (keyof EventColumns)[];

/** One link: what the chain knows of one event. The verifier's record travels beside it, bound by its own digest (D2). */
export type ChainLink = {
  readonly previousHash: string;
  /** SHA-256 of the event's columns. */
  readonly eventDigest: string;
  /** SHA-256 of the feed record that the change made for verifiers. */
  readonly recordDigest: string;
  readonly hash: string;
};

/** Where a chain stands: the last version of an epoch and its hash. */
export type ChainHead = { readonly epoch: number; readonly version: number; readonly hash: string };

/** The hash before the first event. */
export const GENESIS_HASH = '0'.repeat(64);

const LINK_FORMAT = 'claviger-link-1';
const HEAD_FORMAT = 'claviger-head-1';

/** The digest of an event's columns. JSON of an array of texts: no separator can be smuggled into a field (A4). */
export function eventDigest(columns: EventColumns, sha256: Sha256Hex): string {
  return sha256(JSON.stringify(EVENT_COLUMNS.map((column) => columns[column])));
}

/** Chains an event and its feed record to what came before (A4). */
export function chainLink(
  previousHash: string,
  digests: Pick<ChainLink, 'eventDigest' | 'recordDigest'>,
  sha256: Sha256Hex,
): ChainLink {
  return { previousHash, ...digests, hash: linkHash({ previousHash, ...digests }, sha256) };
}

/** The hash of a link, recomputed; a reader compares it with the hash that came along (D2). */
export function linkHash(link: Omit<ChainLink, 'hash'>, sha256: Sha256Hex): string {
  return sha256(`${LINK_FORMAT}\n${link.previousHash}\n${link.eventDigest}\n${link.recordDigest}`);
}

/** The text that the head's signature covers (A4). */
export function headText(head: ChainHead): string {
  return `${HEAD_FORMAT}\n${head.epoch}.${head.version}\n${head.hash}`;
}

/** A stored event, as the offline verifier reads it. */
export type StoredLink = {
  readonly columns: EventColumns;
  readonly previousHash: string;
  readonly recordDigest: string;
  readonly hash: string;
};

/** A place where the chain is broken, and how. */
export type ChainBreak = {
  readonly version: number;
  readonly kind: 'changed' | 'missing' | 'unlinked' | 'out-of-order';
};

/** Walks one link after `previous` and says what is wrong with it: nothing, a hole, a changed event, or a foreign one (A4). */
export function checkLink(
  previous: Pick<ChainHead, 'version' | 'hash'>,
  link: StoredLink,
  sha256: Sha256Hex,
): ChainBreak | null {
  const version = Number(link.columns.version);
  // A text that is no number was tampered with; it is reported where the next event belongs.
  if (!Number.isSafeInteger(version)) return { version: previous.version + 1, kind: 'changed' };
  if (version <= previous.version) return { version, kind: 'out-of-order' };
  if (version !== previous.version + 1) return { version: previous.version + 1, kind: 'missing' };
  const digests = { eventDigest: eventDigest(link.columns, sha256), recordDigest: link.recordDigest };
  if (linkHash({ previousHash: link.previousHash, ...digests }, sha256) !== link.hash)
    return { version, kind: 'changed' };
  return link.previousHash === previous.hash ? null : { version, kind: 'unlinked' };
}
