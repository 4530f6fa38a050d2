import type { AccountRecord, FeedRecord, InternalKeyRecord, UserRecord } from '@claviger/contract';
import {
  type AccountId,
  type KeyId,
  type PolicyId,
  parseAccountId,
  parseInternalKeyId,
  parseKeyId,
  parsePolicyId,
  parseUserId,
  type ResourceCatalogue,
  unreachable,
  type UserId,
} from '@claviger/core';
import {
  accountOf,
  type AccountState,
  leaveStanding,
  putAccount,
  putPolicy,
  type StandingFacts,
  standingAt,
  takeStanding,
} from './accounts.ts';
import { endingOf, rememberEnd } from './ended-keys.ts';
import { dropInternalKey, putInternalKey } from './internal-keys.ts';
import { type KeyFromRecord, parseKeyRecord } from './key-record.ts';
import {
  deleteKey,
  DIGEST_WORDS,
  findKey,
  findDigest,
  FORCED,
  type KeyEntry,
  keyRowOf,
  type KeyTable,
  ownerRowOf,
  putKey,
  setFlag,
  sideOf,
} from './key-table.ts';
import {
  addOwner,
  countKeys,
  dropOwner,
  findOwner,
  isForgettable,
  OWNER_DISABLED,
  OWNER_KNOWN,
  setOwner,
  standingNumberOf,
} from './owner-table.ts';
import { permissionsFrom } from './permission-record.ts';
import type { Replica } from './replica.ts';
import { NO_ROW } from './row-arena.ts';
import { allowlistFrom } from './shared-bounds.ts';
import { forgetUsage } from './usage-book.ts';

/**
 * Applies one record: the whole new state of one thing, so that applying it twice changes nothing. False when the record
 * contradicts itself or what is known (D4); then nothing of it has been applied.
 */
export function applyRecord(replica: Replica, record: FeedRecord): boolean {
  switch (record.type) {
    case 'account':
      return applyAccount(replica, record);
    case 'user':
      return applyUser(replica, record);
    case 'user_deleted':
      return applyUserDeleted(replica, parseUserId(record.user_id));
    case 'policy':
      return applyPolicy(replica, record, permissionsFrom(record.permissions));
    case 'policy_deleted':
      return applyPolicy(replica, record, null);
    case 'key': {
      const key = parseKeyRecord(record, replica.keys.shared);
      return key !== null && applyKey(replica, key);
    }
    case 'key_deleted':
      return applyKeyDeleted(replica, parseKeyId(record.key_id));
    case 'internal_key':
      return applyInternalKey(replica, record);
    case 'none':
      return true;
    default:
      return unreachable(record);
  }
}

/** Brings a replica under an end that was learnt elsewhere: from another replica, or from `ended.log` (D3). */
export function applyEnd(replica: Replica, id: KeyId): void {
  const row = findKey(replica.keys, id);
  if (row === NO_ROW) return;
  const ending = endingOf(replica.ended, id);
  if (ending === 'deleted') forgetKey(replica, row);
  else if (ending === 'force_expired') setFlag(replica.keys, row, FORCED, true);
}

function applyAccount(replica: Replica, record: AccountRecord): boolean {
  const id = parseAccountId(record.account_id);
  const allowlist = allowlistFrom(replica.keys.shared, record.ip_allowlist);
  if (id === null || allowlist === 'malformed' || !hasCleanNames(record)) return false;
  const catalogue: ResourceCatalogue = record.catalogue.map((type) => ({
    name: type.name,
    operations: type.operations.map(({ name, is_ingestion, includes }) => ({
      name,
      isIngestion: is_ingestion,
      includes,
    })),
  }));
  putAccount(accountOf(replica.accounts, id), { reminderDays: record.reminder_days, catalogue, allowlist });
  return true;
}

/** `type:operation` must read one way only: a colon in a name would let one operation pass for another. */
function hasCleanNames(record: AccountRecord): boolean {
  return record.catalogue.every(
    (type) => !type.name.includes(':') && type.operations.every(({ name }) => !name.includes(':')),
  );
}

function applyUser(replica: Replica, record: UserRecord): boolean {
  const id = parseUserId(record.user_id);
  const accountId = parseAccountId(record.account_id);
  const policyIds = record.policy_ids.map(parsePolicyId);
  const allowlist = allowlistFrom(replica.keys.shared, record.ip_allowlist);
  if (id === null || accountId === null || policyIds.includes(null) || allowlist === 'malformed') return false;
  const row = ownerRowFor(replica, id, accountId);
  if (row === NO_ROW) return false;
  changeOwner(replica, row, {
    standing: {
      account: accountOf(replica.accounts, accountId),
      userType: record.user_type,
      policyIds: policyIds.filter((policyId) => policyId !== null).toSorted(),
      allowlist,
    },
    flags: record.is_disabled ? OWNER_KNOWN | OWNER_DISABLED : OWNER_KNOWN,
  });
  return true;
}

function applyUserDeleted(replica: Replica, id: UserId | null): boolean {
  if (id === null) return false;
  const row = findOwner(replica.owners, id);
  if (row === NO_ROW) return true;
  const { account } = standingAt(replica.accounts, standingNumberOf(replica.owners, row));
  changeOwner(replica, row, { standing: nobodysStanding(account), flags: 0 });
  forgetOwnerIfUnused(replica, row);
  return true;
}

function applyPolicy(
  replica: Replica,
  record: { readonly account_id: string; readonly policy_id: string },
  permissions: Parameters<typeof putPolicy>[2],
): boolean {
  const id: PolicyId | null = parsePolicyId(record.policy_id);
  const accountId = parseAccountId(record.account_id);
  if (id === null || accountId === null) return false;
  putPolicy(accountOf(replica.accounts, accountId), id, permissions);
  return true;
}

/** Applies a key's record that is parsed already, as `applyRecord` would. */
export function applyKey(replica: Replica, key: KeyFromRecord): boolean {
  // Tombstones are read before the table: a reloaded row may be older than the end (K10, D3).
  const ending = endingOf(replica.ended, key.id);
  if (ending === 'deleted') return true;
  const former = findKey(replica.keys, key.id);
  if (!mayPutKey(replica, key, former)) return false;
  const ownerRow = ownerRowFor(replica, key.ownerId, key.accountId);
  if (ownerRow === NO_ROW) return false;
  if (key.flags & FORCED) rememberEnd(replica.ended, key.id, 'force_expired');
  const flags = ending === 'force_expired' ? key.flags | FORCED : key.flags;
  putOwnedKey(replica, former, { ...key, ownerRow, flags });
  return true;
}

function putOwnedKey(replica: Replica, former: number, entry: KeyEntry): void {
  const { keys, owners } = replica;
  const formerOwnerRow = former === NO_ROW ? NO_ROW : ownerRowOf(keys, former);
  // A rate limit goes on where it stood: an edit of the key gives no fresh allowance.
  const formerSide = former === NO_ROW ? null : sideOf(keys, former);
  if (entry.side !== null && formerSide !== null) entry.side.arrivalMs = formerSide.arrivalMs;
  putKey(keys, former, entry);
  countKeys(owners, entry.ownerRow, 1);
  if (formerOwnerRow !== NO_ROW) leaveOwner(replica, formerOwnerRow);
}

/** A key stays in its account (T1), and no two secrets are the same. */
function mayPutKey(replica: Replica, key: KeyFromRecord, former: number): boolean {
  const { keys } = replica;
  if (former !== NO_ROW && accountIdOfOwner(replica, ownerRowOf(keys, former)) !== key.accountId) return false;
  if (isElsewhere(keys, key.current.digest, former)) return false;
  if (key.replaced.length === 0) return true;
  if (key.replaced.some(({ digest }) => isElsewhere(keys, digest, former))) return false;
  return !hasDoubles([key.current, ...key.replaced].map(({ digest }) => digest));
}

/** Whether a digest is that of another key. */
function isElsewhere(keys: KeyTable, digest: Uint32Array, keyRow: number): boolean {
  const found = findDigest(keys, digest);
  return found !== NO_ROW && keyRowOf(keys, found) !== keyRow;
}

function hasDoubles(digests: readonly Uint32Array[]): boolean {
  return digests.some((digest, index) =>
    digests.slice(index + 1).some((other) => {
      for (let word = 0; word < DIGEST_WORDS; word += 1) if (digest[word] !== other[word]) return false;
      return true;
    }),
  );
}

function applyKeyDeleted(replica: Replica, id: KeyId | null): boolean {
  if (id === null) return false;
  rememberEnd(replica.ended, id, 'deleted');
  applyEnd(replica, id);
  return true;
}

function forgetKey(replica: Replica, row: number): void {
  const ownerRow = ownerRowOf(replica.keys, row);
  forgetUsage(replica.usage, row);
  deleteKey(replica.keys, row);
  leaveOwner(replica, ownerRow);
}

function applyInternalKey(replica: Replica, record: InternalKeyRecord): boolean {
  const id = parseInternalKeyId(record.internal_key_id);
  if (id === null) return false;
  if (record.is_ended) replica.ended.internal.add(id);
  if (replica.ended.internal.has(id)) {
    dropInternalKey(replica.internalKeys, id);
    return true;
  }
  const digest = Buffer.from(record.digest, 'hex').toString('latin1');
  putInternalKey(replica.internalKeys, {
    id,
    purpose: record.purpose,
    accountIds: new Set(record.account_ids),
    digest,
  });
  return true;
}

/** The row of an owner in an account, made when it is new; `NO_ROW` when that owner is another account's (T1). */
function ownerRowFor(replica: Replica, id: UserId, accountId: AccountId): number {
  const row = findOwner(replica.owners, id);
  if (row !== NO_ROW) return accountIdOfOwner(replica, row) === accountId ? row : NO_ROW;
  const account = accountOf(replica.accounts, accountId);
  return addOwner(replica.owners, id, takeStanding(replica.accounts, nobodysStanding(account)));
}

/** Of an owner whose record has not come yet, or is gone: it is not decided by. */
function nobodysStanding(account: AccountState): StandingFacts {
  return { account, userType: 'restricted', policyIds: [], allowlist: null };
}

function accountIdOfOwner(replica: Replica, row: number): AccountId {
  return standingAt(replica.accounts, standingNumberOf(replica.owners, row)).account.id;
}

function changeOwner(
  replica: Replica,
  row: number,
  to: { readonly standing: StandingFacts; readonly flags: number },
): void {
  const former = standingNumberOf(replica.owners, row);
  setOwner(replica.owners, row, { standing: takeStanding(replica.accounts, to.standing), flags: to.flags });
  leaveStanding(replica.accounts, former);
}

function leaveOwner(replica: Replica, row: number): void {
  countKeys(replica.owners, row, -1);
  forgetOwnerIfUnused(replica, row);
}

function forgetOwnerIfUnused(replica: Replica, row: number): void {
  if (!isForgettable(replica.owners, row)) return;
  const standing = standingNumberOf(replica.owners, row);
  dropOwner(replica.owners, row);
  leaveStanding(replica.accounts, standing);
}
