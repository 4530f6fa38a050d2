import type { KeyRecord } from '@claviger/contract';
import { type AccountId, type KeyId, parseAccountId, parseKeyId, parseUserId, type UserId } from '@claviger/core';
import {
  DIGEST_WORDS,
  DISABLED,
  FORCED,
  type KeySide,
  NEVER_ARRIVED,
  type SecretEntry,
  WRITE_ONLY,
} from './key-table.ts';
import { permissionsFrom } from './permission-record.ts';
import { boundsFrom, rateLimitFrom, type SharedBounds } from './shared-bounds.ts';

/** A key's record, ready for the table; nothing of it needs another look. */
export type KeyFromRecord = {
  readonly id: KeyId;
  readonly accountId: AccountId;
  readonly ownerId: UserId;
  readonly flags: number;
  readonly current: SecretEntry;
  readonly replaced: readonly SecretEntry[];
  readonly side: KeySide | null;
};

/** Parses a key's record into the table's terms, or null when an id or a range in it is none. */
export function parseKeyRecord(record: KeyRecord, shared: SharedBounds): KeyFromRecord | null {
  const id = parseKeyId(record.key_id);
  const accountId = parseAccountId(record.account_id);
  const ownerId = parseUserId(record.owner_id);
  const bounds = boundsFrom(shared, record);
  if (id === null || accountId === null || ownerId === null || bounds === 'malformed') return null;
  const currentIndex = indexOfCurrent(record);
  // A force-expired key's secrets ended then at the latest: that is the "when" of the answer `expired` (E11).
  const forcedAt = endFrom(record.forced_at);
  const secrets = record.secrets.map(({ digest, ends_at }) => ({
    digest: digestWords(digest),
    endsAt: Math.min(endFrom(ends_at), forcedAt),
  }));
  const current = secrets[currentIndex];
  if (current === undefined) return null;
  const expiresAt = endFrom(record.expires_at) === current.endsAt ? null : endFrom(record.expires_at);
  return {
    id,
    accountId,
    ownerId,
    flags: flagsFrom(record),
    current,
    replaced: secrets.filter((_, index) => index !== currentIndex),
    side: sideFrom(id, record, { bounds, expiresAt, rateLimit: rateLimitFrom(shared, record) }),
  };
}

const scratch = Buffer.alloc(32);
const scratchWords = new Uint32Array(scratch.buffer, scratch.byteOffset, DIGEST_WORDS);

/** The words of a digest in hex, as the hot path reads them from the digest's bytes. */
export function digestWords(hex: string): Uint32Array {
  scratch.write(hex, 0, 'hex');
  return scratchWords.slice();
}

/** The current secret is the one that ends when the key expires; a record that says otherwise has its first one as current. */
function indexOfCurrent(record: KeyRecord): number {
  const index = record.secrets.findLastIndex(({ ends_at }) => ends_at === record.expires_at);
  return index === -1 ? 0 : index;
}

function endFrom(milliseconds: number | null): number {
  return milliseconds ?? Number.POSITIVE_INFINITY;
}

function flagsFrom(record: KeyRecord): number {
  return (
    (record.kind === 'write_only' ? WRITE_ONLY : 0) |
    (record.forced_at === null ? 0 : FORCED) |
    (record.disabled_at === null ? 0 : DISABLED)
  );
}

function sideFrom(
  keyId: KeyId,
  record: KeyRecord,
  parsed: Pick<KeySide, 'bounds' | 'expiresAt' | 'rateLimit'>,
): KeySide | null {
  const { permissions } = record;
  const { bounds, expiresAt, rateLimit } = parsed;
  if (permissions === null && rateLimit === null && bounds === null && expiresAt === null) return null;
  return {
    keyId,
    permissions: permissions === null ? null : permissionsFrom(permissions),
    rights: null,
    compiledAt: -1,
    listed: null,
    bounds,
    rateLimit,
    arrivalMs: NEVER_ARRIVED,
    expiresAt,
    firstReplaced: 0,
  };
}
