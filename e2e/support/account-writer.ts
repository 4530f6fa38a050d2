import { randomBytes } from 'node:crypto';
import {
  type AccountId,
  DEFAULT_CATALOGUE,
  instant,
  NEVER_EXPIRES,
  newAccountId,
  newPolicyId,
  ok,
  refuse,
  REMINDER_DAYS_DEFAULT,
} from '@claviger/core';
import type { Account, Change, ChangeContext, Policy, Store } from '@claviger/storage';

/** A request that a store is told of, by nobody in particular. */
function contextOf(accountId: AccountId | null): ChangeContext {
  const now = instant(Date.now());
  const nobody = { ipAddress: null, userAgent: null, httpMethod: null, path: null, requestId: null };
  return { accountId, now, storable: now, replay: null, origin: { actor: { kind: 'operator' }, ...nobody } };
}

/** Creates an account to write in. */
export async function createAccount(store: Store, name: string): Promise<AccountId> {
  const account: Account = {
    id: newAccountId(randomBytes),
    name,
    createdAt: instant(Date.now()),
    defaultKeys: 'both',
    reminderDays: REMINDER_DAYS_DEFAULT,
    catalogue: DEFAULT_CATALOGUE,
    expiration: { lifespans: NEVER_EXPIRES, usersMayOnlyShorten: false },
    hasManagementByKeys: true,
    reminderSteps: [],
    signIn: { passwordShortest: 12, secondFactor: 'none', sessionIdleMinutes: 120, sessionLongestHours: 24 },
    idleRule: null,
    auditRetentionDays: null,
    ipAllowlist: null,
  };
  const made = await store.change(contextOf(null), async (change) => {
    await change.accounts.create(account);
    return ok(null);
  });
  if (!made.ok) throw new Error('no account could be made');
  return account.id;
}

/** How one change of a writer ended: with its versions, or taken back. */
export type WriteOutcome = { readonly versions: readonly number[] } | 'refused' | 'failed';

/**
 * Writes one change: a policy, and in every third one an edit of it too, so that changes differ in length. What is not
 * `kept` is taken back after it was written: refused, or thrown.
 */
export async function writeChange(
  store: Store,
  accountId: AccountId,
  { serial, end }: { readonly serial: number; readonly end: 'kept' | 'refused' | 'failed' },
): Promise<WriteOutcome> {
  const work = async (change: Change) => {
    const policy = newPolicy(accountId, serial);
    await change.policies.create(policy);
    if (serial % 3 === 0) await change.policies.edit(policy, { name: `${policy.name} edited` });
    if (end === 'failed') throw new TakenBack();
    return end === 'refused' ? refuse('taken back') : ok(null);
  };
  try {
    const outcome = await store.change(contextOf(accountId), work);
    return outcome.ok ? { versions: outcome.value.entries.map((entry) => entry.n) } : 'refused';
  } catch (fault) {
    if (fault instanceof TakenBack) return 'failed';
    throw fault;
  }
}

class TakenBack extends Error {}

function newPolicy(accountId: AccountId, serial: number): Policy {
  return {
    id: newPolicyId(randomBytes),
    accountId,
    name: `policy ${serial}`,
    description: null,
    permissions: [],
    createdAt: instant(Date.now()),
  };
}
