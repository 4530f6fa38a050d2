import type {
  AccountRecord,
  FeedRecord,
  InternalKeyRecord,
  KeyRecord,
  PolicyRecord,
  UserRecord,
} from '@claviger/contract';
import { crc32, DEFAULT_CATALOGUE, formatBase62 } from '@claviger/core';
import { systemDigests } from '../digests.ts';

/** Ids and texts by number, so that tests can name what they mean. */
export const accountIdNumber = (number: number): string => `acc_${String(number).padStart(20, '0')}`;
export const userIdNumber = (number: number): string => `usr_${String(number).padStart(20, '0')}`;
export const policyIdNumber = (number: number): string => `pol_${String(number).padStart(20, '0')}`;
export const keyIdNumber = (number: number): string => `key_${String(number).padStart(12, '0')}`;

/** The text of a key's secret by numbers. */
export function keyTextNumber(number: number, secret = 0, word: 'master' | 'write' | 'internal' = 'master'): string {
  const head = `clv_${word}_${String(number).padStart(12, '0')}${String(secret).padStart(33, 'S')}`;
  return head + formatBase62(crc32(head, head.length), 6);
}

/** The digest of a text, as the feed carries it. */
export function digestOf(text: string): string {
  return systemDigests.sha256Hex(text);
}

/** An account with the default catalogue. */
export function accountRecord(number = 1, changes: Partial<AccountRecord> = {}): AccountRecord {
  return {
    type: 'account',
    account_id: accountIdNumber(number),
    reminder_days: 30,
    catalogue: DEFAULT_CATALOGUE.map(({ name, operations }) => ({
      name,
      operations: operations.map((operation) => ({
        name: operation.name,
        is_ingestion: operation.isIngestion,
        includes: [...operation.includes],
      })),
    })),
    ...changes,
  };
}

/** A user of account 1: the Owner unless changed. */
export function userRecord(number = 1, changes: Partial<UserRecord> = {}): UserRecord {
  return {
    type: 'user',
    account_id: accountIdNumber(1),
    user_id: userIdNumber(number),
    user_type: 'owner',
    is_disabled: false,
    policy_ids: [],
    ...changes,
  };
}

/** A policy of account 1 that permits importing into every database. */
export function policyRecord(number = 1, changes: Partial<PolicyRecord> = {}): PolicyRecord {
  return {
    type: 'policy',
    account_id: accountIdNumber(1),
    policy_id: policyIdNumber(number),
    permissions: [{ resource_type: 'database', operation: 'import', ids: ['*'] }],
    ...changes,
  };
}

/** A master key of user 1 that never expires, with secret 0 of its number. */
export function keyRecord(number = 1, changes: Partial<KeyRecord> = {}): KeyRecord {
  return {
    type: 'key',
    account_id: accountIdNumber(1),
    key_id: keyIdNumber(number),
    owner_id: userIdNumber(1),
    kind: 'master',
    expires_at: null,
    disabled_at: null,
    forced_at: null,
    permissions: null,
    allowed_ips: [],
    allowed_origins: [],
    rate_limit: null,
    secrets: [{ digest: digestOf(keyTextNumber(number)), ends_at: null }],
    ...changes,
  };
}

/** That a key is gone. */
export function keyDeletedRecord(number = 1): FeedRecord {
  return { type: 'key_deleted', account_id: accountIdNumber(1), key_id: keyIdNumber(number) };
}

/** An internal key for account 1. */
export function internalKeyRecord(number = 1, changes: Partial<InternalKeyRecord> = {}): InternalKeyRecord {
  return {
    type: 'internal_key',
    internal_key_id: `ikey_${String(number).padStart(12, '0')}`,
    purpose: 'verify',
    account_ids: [accountIdNumber(1)],
    digest: digestOf(keyTextNumber(number, 0, 'internal')),
    is_ended: false,
    ...changes,
  };
}
