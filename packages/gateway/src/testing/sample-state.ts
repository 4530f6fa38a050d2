import type { FeedRecord, InternalKeyRecord, KeyRecord } from '@claviger/contract';
import { crc32, DEFAULT_CATALOGUE, formatBase62, type KeyTextKind } from '@claviger/core';
import { systemDigests } from '@claviger/verifier';

/** The accounts, users and keys that tests of the data plane know by name. */
export const ACCOUNT = 'acc_00000000000000000001';
export const OTHER_ACCOUNT = 'acc_00000000000000000002';
export const OWNER = 'usr_00000000000000000001';
export const RESTRICTED = 'usr_00000000000000000002';
export const STRANGER = 'usr_00000000000000000003';
const POLICY = 'pol_00000000000000000001';

/** The text of a key by number; another secret makes a text that is well-formed and not that key's. */
export function keyText(number: number, kind: KeyTextKind = 'master', secret = String(number)): string {
  const word = kind === 'write_only' ? 'write' : kind;
  const head = `clv_${word}_${String(number).padStart(12, '0')}${secret.padStart(33, 'S')}`;
  return head + formatBase62(crc32(head, head.length), 6);
}

/** The id of a key by number. */
export function keyId(number: number): string {
  return `key_${String(number).padStart(12, '0')}`;
}

/** A key of the Owner that may do everything and never expires, unless changed. */
export function keyRecord(number: number, changes: Partial<KeyRecord> = {}): KeyRecord {
  const { kind = 'master', expires_at = null } = changes;
  return {
    type: 'key',
    account_id: ACCOUNT,
    key_id: keyId(number),
    owner_id: OWNER,
    kind,
    expires_at,
    disabled_at: null,
    forced_at: null,
    permissions: null,
    allowed_ips: [],
    allowed_origins: [],
    rate_limit: null,
    secrets: [{ digest: systemDigests.sha256Hex(keyText(number, kind)), ends_at: expires_at }],
    ...changes,
  };
}

/** An internal key of purpose `verify` for the first account, unless changed. */
export function internalKeyRecord(number: number, changes: Partial<InternalKeyRecord> = {}): InternalKeyRecord {
  return {
    type: 'internal_key',
    internal_key_id: `ikey_${String(number).padStart(12, '0')}`,
    purpose: 'verify',
    account_ids: [ACCOUNT],
    digest: systemDigests.sha256Hex(keyText(number, 'internal')),
    is_ended: false,
    ...changes,
  };
}

/** Two accounts; an Owner, a restricted user who may import into `sales` and query `sales*`, and a user of the other account. */
export function peopleRecords(): readonly FeedRecord[] {
  const user = { type: 'user' as const, is_disabled: false, policy_ids: [] };
  return [
    accountRecord(ACCOUNT),
    accountRecord(OTHER_ACCOUNT),
    { ...user, account_id: ACCOUNT, user_id: OWNER, user_type: 'owner' },
    { ...user, account_id: ACCOUNT, user_id: RESTRICTED, user_type: 'restricted', policy_ids: [POLICY] },
    { ...user, account_id: OTHER_ACCOUNT, user_id: STRANGER, user_type: 'owner' },
    {
      type: 'policy',
      account_id: ACCOUNT,
      policy_id: POLICY,
      permissions: [
        { resource_type: 'database', operation: 'import', ids: ['sales'] },
        { resource_type: 'database', operation: 'query', ids: ['sales*'] },
      ],
    },
  ];
}

function accountRecord(accountId: string): FeedRecord {
  return {
    type: 'account',
    account_id: accountId,
    reminder_days: 30,
    catalogue: DEFAULT_CATALOGUE.map(({ name, operations }) => ({
      name,
      operations: operations.map((operation) => ({
        name: operation.name,
        is_ingestion: operation.isIngestion,
        includes: [...operation.includes],
      })),
    })),
  };
}
