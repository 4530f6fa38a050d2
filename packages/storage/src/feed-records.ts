import type { FeedRecord, IpAllowlistRecord } from '@claviger/contract';
import type { AccountId, InternalKeyId, KeyId, PolicyId } from '@claviger/core';
import type { Account, InternalKey, IpAllowlist, Policy, User } from './entities.ts';
import { wireCatalogue, wirePermissions, wireRateLimit } from './json-columns.ts';
import type { SecretRow, VerifierFacts } from './keys.ts';
import { sealedKey } from './sealed-rows.ts';
import type { StoreDeps } from './store-deps.ts';

/** As much of a secret as its record needs. */
type SealedSecret = Pick<SecretRow, 'digest' | 'seal' | 'ends_at'>;

/** What verifiers are told of a change that does not concern them. */
export const NONE_RECORD: FeedRecord = { type: 'none' };

/** What verifiers know of an account. */
export function accountRecord(account: Account): FeedRecord {
  return {
    type: 'account',
    account_id: account.id,
    reminder_days: account.reminderDays,
    catalogue: wireCatalogue(account.catalogue),
    ...allowlistField(account),
  };
}

/** What verifiers know of a user: no name, no address (D1). */
export function userRecord(user: User): FeedRecord {
  return {
    type: 'user',
    account_id: user.accountId,
    user_id: user.id,
    user_type: user.userType,
    is_disabled: user.disabledAt !== null,
    policy_ids: user.policyIds.toSorted(),
    ...allowlistField(user),
  };
}

/** A list is told of without notes, and not at all when it is none: verifiers that do not know of lists read the rest (I1). */
function allowlistField({ ipAllowlist }: { readonly ipAllowlist: IpAllowlist | null }): {
  readonly ip_allowlist?: IpAllowlistRecord;
} {
  if (ipAllowlist === null || ipAllowlist.entries.length === 0) return {};
  const entries = ipAllowlist.entries.map(({ cidr, scope }) => ({ cidr, scope }));
  return { ip_allowlist: { mode: ipAllowlist.mode, entries } };
}

/** That a user is gone. */
export function userDeletedRecord(user: Pick<User, 'accountId' | 'id'>): FeedRecord {
  return { type: 'user_deleted', account_id: user.accountId, user_id: user.id };
}

/** What verifiers know of a policy. */
export function policyRecord(policy: Policy): FeedRecord {
  return {
    type: 'policy',
    account_id: policy.accountId,
    policy_id: policy.id,
    permissions: wirePermissions(policy.permissions),
  };
}

/** That a policy is gone. */
export function policyDeletedRecord(policy: { readonly accountId: AccountId; readonly id: PolicyId }): FeedRecord {
  return { type: 'policy_deleted', account_id: policy.accountId, policy_id: policy.id };
}

/**
 * What verifiers know of a key. Only secrets whose seal fits are told of; a key without one is none, and null here (K7):
 * it is left out of snapshots, and a change of it ends it at the verifiers that still hold it.
 */
export function keyRecord(key: VerifierFacts, secrets: readonly SealedSecret[], deps: StoreDeps): FeedRecord | null {
  const sealed = secrets.filter((secret) => deps.isSealed(sealedKey(key, secret.digest), secret.seal));
  if (sealed.length < secrets.length || sealed.length === 0) deps.onBrokenSeal(key.id);
  if (sealed.length === 0) return null;
  return {
    type: 'key',
    account_id: key.accountId,
    key_id: key.id,
    owner_id: key.ownerId,
    kind: key.kind,
    expires_at: key.expiresAt,
    disabled_at: key.disabledAt,
    forced_at: key.forcedExpiry?.at ?? null,
    permissions: key.permissions === null ? null : wirePermissions(key.permissions),
    allowed_ips: [...key.allowedIps],
    allowed_origins: [...key.allowedOrigins],
    rate_limit: key.rateLimit === null ? null : wireRateLimit(key.rateLimit),
    // The current secret is stored without an end of its own: it ends with its key (E9).
    secrets: sealed.map(({ digest, ends_at }) => ({ digest, ends_at: ends_at ?? key.expiresAt })),
  };
}

/** That a key is gone for good (K10). */
export function keyDeletedRecord(key: { readonly accountId: AccountId; readonly id: KeyId }): FeedRecord {
  return { type: 'key_deleted', account_id: key.accountId, key_id: key.id };
}

/** What verifiers know of an internal key (K11). */
export function internalKeyRecord(key: InternalKey, digest: string): FeedRecord {
  return {
    type: 'internal_key',
    internal_key_id: key.id,
    purpose: key.purpose,
    account_ids: [...key.accountIds],
    digest,
    is_ended: key.endedAt !== null,
  };
}

/** The account whose verifiers a record is for; null for those that are for the installation's own. */
export function accountOf(record: FeedRecord): AccountId | null {
  return 'account_id' in record ? (record.account_id as AccountId) : null;
}

/** What a record is about, so that a bad one can be denied by name (D4). */
export function subjectOf(record: FeedRecord): string | null {
  switch (record.type) {
    case 'account':
      return record.account_id;
    case 'user':
    case 'user_deleted':
      return record.user_id;
    case 'policy':
    case 'policy_deleted':
      return record.policy_id;
    case 'key':
    case 'key_deleted':
      return record.key_id;
    case 'internal_key':
      return record.internal_key_id as InternalKeyId;
    case 'none':
      return null;
  }
}
