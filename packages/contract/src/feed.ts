import {
  ALLOWED_IPS_MOST,
  ALLOWED_ORIGINS_MOST,
  ALLOWLIST_ENTRIES_MOST,
  ALLOWLIST_MODES,
  ALLOWLIST_SCOPES,
  PERMISSION_IDS_MOST,
  PERMISSIONS_MOST,
  RATE_REQUESTS_MOST,
  RATE_SECONDS_LONGEST,
} from '@claviger/core';
import { z } from 'zod';

/**
 * The change feed: what verifiers follow (D1, D2). Records carry digests and facts, no names, addresses of people or
 * metadata. Each record is the whole new state of one thing, so applying the same record twice changes nothing.
 *
 * A field that is added later is optional, and absent where it says nothing: a verifier one release older reads every record
 * that does not use it. One that does it cannot read, and must not guess: whatever it limits would be let through (D4).
 */
export const FEED_SCHEMA = 1;

const milliseconds = z.int().nonnegative();
const end = milliseconds.nullable();
const digestHex = z.string().regex(/^[0-9a-f]{64}$/);

const permission = z.strictObject({
  resource_type: z.string(),
  operation: z.string(),
  ids: z.array(z.string()).max(PERMISSION_IDS_MOST),
});
const permissions = z.array(permission).max(PERMISSIONS_MOST);

/** An IP allowlist with at least one entry: addresses and ranges, no notes (I2). */
const ipAllowlist = z.strictObject({
  mode: z.enum(ALLOWLIST_MODES),
  entries: z
    .array(z.strictObject({ cidr: z.string(), scope: z.enum(ALLOWLIST_SCOPES) }))
    .min(1)
    .max(ALLOWLIST_ENTRIES_MOST),
});

/** The account's part of every decision: its catalogue and its reminder period. */
export const accountRecord = z.strictObject({
  type: z.literal('account'),
  account_id: z.string(),
  /** Days before expiry from which decisions say `expiring` (E13). */
  reminder_days: z.int(),
  catalogue: z.array(
    z.strictObject({
      name: z.string(),
      operations: z.array(
        z.strictObject({ name: z.string(), is_ingestion: z.boolean(), includes: z.array(z.string()) }),
      ),
    }),
  ),
  /** The account's list; absent when there is none (I1). */
  ip_allowlist: ipAllowlist.exactOptional(),
});

/** An owner of keys: the rights come from the type and the attached policies (P1). */
export const userRecord = z.strictObject({
  type: z.literal('user'),
  account_id: z.string(),
  user_id: z.string(),
  user_type: z.enum(['owner', 'administrator', 'restricted']),
  is_disabled: z.boolean(),
  policy_ids: z.array(z.string()),
  /** The user's own list, which replaces the account's; absent when there is none (I1). */
  ip_allowlist: ipAllowlist.exactOptional(),
});

export const userDeletedRecord = z.strictObject({
  type: z.literal('user_deleted'),
  account_id: z.string(),
  user_id: z.string(),
});

export const policyRecord = z.strictObject({
  type: z.literal('policy'),
  account_id: z.string(),
  policy_id: z.string(),
  permissions,
});

export const policyDeletedRecord = z.strictObject({
  type: z.literal('policy_deleted'),
  account_id: z.string(),
  policy_id: z.string(),
});

/** One secret of a key; replaced secrets stay listed with their end, so that they answer `expired` (X5). */
const secretRecord = z.strictObject({ digest: digestHex, ends_at: end });

export const keyRecord = z.strictObject({
  type: z.literal('key'),
  account_id: z.string(),
  key_id: z.string(),
  owner_id: z.string(),
  kind: z.enum(['master', 'write_only']),
  /** When the current secret expires; the wire's `expires_at`. */
  expires_at: end,
  disabled_at: end,
  /** When the key was force-expired (X1); null while it was not. */
  forced_at: end,
  /** The key's narrowing; null is not narrowed, `[]` is nothing (K5). */
  permissions: permissions.nullable(),
  allowed_ips: z.array(z.string()).max(ALLOWED_IPS_MOST),
  allowed_origins: z.array(z.string()).max(ALLOWED_ORIGINS_MOST),
  rate_limit: z
    .strictObject({
      requests: z.int().min(1).max(RATE_REQUESTS_MOST),
      per_seconds: z.int().min(1).max(RATE_SECONDS_LONGEST),
    })
    .nullable(),
  secrets: z.array(secretRecord).min(1),
});

/** A deleted key: verifiers keep it as a tombstone, and nothing that comes later revives it (K10, D1). */
export const keyDeletedRecord = z.strictObject({
  type: z.literal('key_deleted'),
  account_id: z.string(),
  key_id: z.string(),
});

/** A key that the system itself uses, bound to named accounts (K11, T1). */
export const internalKeyRecord = z.strictObject({
  type: z.literal('internal_key'),
  internal_key_id: z.string(),
  purpose: z.enum(['verify', 'feed']),
  account_ids: z.array(z.string()),
  digest: digestHex,
  is_ended: z.boolean(),
});

/** A change that verifiers need not know; its number and hash keep the chain whole. */
export const noneRecord = z.strictObject({ type: z.literal('none') });

export const feedRecord = z.discriminatedUnion('type', [
  accountRecord,
  userRecord,
  userDeletedRecord,
  policyRecord,
  policyDeletedRecord,
  keyRecord,
  keyDeletedRecord,
  internalKeyRecord,
  noneRecord,
]);
export type IpAllowlistRecord = z.infer<typeof ipAllowlist>;
export type FeedRecord = z.infer<typeof feedRecord>;
export type KeyRecord = z.infer<typeof keyRecord>;
export type UserRecord = z.infer<typeof userRecord>;
export type PolicyRecord = z.infer<typeof policyRecord>;
export type AccountRecord = z.infer<typeof accountRecord>;
export type InternalKeyRecord = z.infer<typeof internalKeyRecord>;

/** One numbered change as it travels: the envelope stays readable even when the record is not (D4). */
export const feedEntry = z.strictObject({
  epoch: z.int().positive(),
  n: z.int().positive(),
  previous_hash: digestHex,
  event_digest: digestHex,
  record_digest: digestHex,
  hash: digestHex,
  /** What the record is about, so that a bad one can be denied by name: a key, user, policy or account id. */
  subject_id: z.string().nullable(),
  /** The record's JSON text, whose SHA-256 is `record_digest`; null when it concerns another account. */
  record: z.string().nullable(),
});
export type FeedEntry = z.infer<typeof feedEntry>;

/** Where a reader stands; it resumes from here and reloads when number or hash does not follow (D2). */
export type FeedPosition = { readonly epoch: number; readonly n: number; readonly hash: string };

/** A snapshot travels in parts: one head, any number of records, one end (D3). */
export const snapshotPart = z.discriminatedUnion('part', [
  z.strictObject({
    part: z.literal('head'),
    schema: z.int(),
    epoch: z.int().positive(),
    n: z.int().nonnegative(),
    hash: digestHex,
  }),
  z.strictObject({ part: z.literal('records'), records: z.array(z.string()) }),
  z.strictObject({
    part: z.literal('end'),
    count: z.int().nonnegative(),
    /** SHA-256 over all record texts, each followed by a line feed, in the order sent. */
    checksum: digestHex,
  }),
]);
export type SnapshotPart = z.infer<typeof snapshotPart>;

/** Where a verifier gets the feed from: the store in the same process, or a control plane over the network. */
export type FeedSource = {
  /** Streams one consistent state; tombstones of deleted keys come as `key_deleted` records. */
  snapshot(): AsyncIterable<SnapshotPart>;
  /** Changes after a position, oldest first, at most `limit`; empty when the reader is current. */
  tail(after: FeedPosition, limit: number): Promise<FeedTail>;
  /** Calls back after changes, perhaps late, doubled or not at all: a wake-up, never the truth (D2). Returns the unsubscriber. */
  onWake(listener: () => void): () => void;
};

/** A page of changes, or the news that the position is not part of this feed's history (another epoch, a fork, compacted). */
export type FeedTail =
  | { readonly kind: 'entries'; readonly entries: readonly FeedEntry[]; readonly head: FeedPosition }
  | { readonly kind: 'reload' };
