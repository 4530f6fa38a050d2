import type { AccountId } from '@claviger/core';
import type { Change } from '@claviger/storage';

/** Lets the internal keys that back ends ask with answer for the installation's first account (T2, K11). */
export async function bindVerifyKeys(change: Change, accountId: AccountId): Promise<void> {
  for (const { id, purpose, endedAt } of await change.read.internalKeys.list()) {
    if (purpose === 'verify' && endedAt === null) await change.internalKeys.bind(id, accountId);
  }
}
