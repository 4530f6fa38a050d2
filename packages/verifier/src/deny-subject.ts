import {
  type AccountId,
  parseAccountId,
  parseInternalKeyId,
  parseKeyId,
  parsePolicyId,
  parseUserId,
} from '@claviger/core';
import { accountOf, putPolicy } from './accounts.ts';
import { dropInternalKey } from './internal-keys.ts';
import { DENIED, findKey, setFlag } from './key-table.ts';
import { findOwner, OWNER_DENIED, ownerFlagsOf, setOwner, standingNumberOf } from './owner-table.ts';
import type { Replica } from './replica.ts';
import { NO_ROW } from './row-arena.ts';

/**
 * Denies whatever an unreadable record was about, until a good record of it or a snapshot comes (D4): nobody knows what
 * it said, and it may have been an end. False when the subject cannot be told; then nothing short of a reload is safe.
 */
export function denySubject(replica: Replica, subjectId: string): boolean {
  const keyId = parseKeyId(subjectId);
  if (keyId !== null) {
    const row = findKey(replica.keys, keyId);
    if (row !== NO_ROW) setFlag(replica.keys, row, DENIED, true);
    return true;
  }
  const userId = parseUserId(subjectId);
  if (userId !== null) {
    const row = findOwner(replica.owners, userId);
    if (row !== NO_ROW) denyOwner(replica, row);
    return true;
  }
  return denyOther(replica, subjectId);
}

/** Whether anything of this name is held here; what is not can neither be used nor denied. */
export function holdsSubject(replica: Replica, subjectId: string): boolean {
  const keyId = parseKeyId(subjectId);
  if (keyId !== null) return findKey(replica.keys, keyId) !== NO_ROW;
  const userId = parseUserId(subjectId);
  if (userId !== null) return findOwner(replica.owners, userId) !== NO_ROW;
  const accounts = [...replica.accounts.byId.values()];
  const policyId = parsePolicyId(subjectId);
  if (policyId !== null) return accounts.some(({ policies }) => policies.has(policyId));
  const internalKeyId = parseInternalKeyId(subjectId);
  if (internalKeyId !== null) return replica.internalKeys.byId.has(internalKeyId);
  return accounts.some(({ id }) => id === subjectId);
}

function denyOwner(replica: Replica, row: number): void {
  const flags = ownerFlagsOf(replica.owners, row) | OWNER_DENIED;
  setOwner(replica.owners, row, { standing: standingNumberOf(replica.owners, row), flags });
}

function denyOther(replica: Replica, subjectId: string): boolean {
  const policyId = parsePolicyId(subjectId);
  if (policyId !== null) {
    // An unreadable policy gives nothing to those who have it.
    for (const account of replica.accounts.byId.values()) {
      if (account.policies.has(policyId)) putPolicy(account, policyId, null);
    }
    return true;
  }
  const accountId: AccountId | null = parseAccountId(subjectId);
  if (accountId !== null) {
    accountOf(replica.accounts, accountId).isDenied = true;
    return true;
  }
  const internalKeyId = parseInternalKeyId(subjectId);
  if (internalKeyId === null) return false;
  dropInternalKey(replica.internalKeys, internalKeyId);
  return true;
}
