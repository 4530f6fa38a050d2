import type { FeedPosition } from '@claviger/contract';
import { type Accounts, createAccounts } from './accounts.ts';
import type { EndedKeys } from './ended-keys.ts';
import { createInternalKeys, type InternalKeys } from './internal-keys.ts';
import { createKeyTable, type KeyTable } from './key-table.ts';
import { createOwnerTable, type OwnerTable } from './owner-table.ts';
import { createUsageBook, type UsageBook } from './usage-book.ts';

/** One full state of the feed at a position: what decisions are made from. A reload builds a second one beside it (D3). */
export type Replica = {
  position: FeedPosition;
  readonly accounts: Accounts;
  readonly owners: OwnerTable;
  readonly keys: KeyTable;
  readonly internalKeys: InternalKeys;
  readonly usage: UsageBook;
  /** Shared by all replicas of a verifier: ends outlive every reload (D1). */
  readonly ended: EndedKeys;
};

/** An empty replica at a position. */
export function createReplica(ended: EndedKeys, position: FeedPosition): Replica {
  const keys = createKeyTable(ended.seed);
  return {
    position,
    accounts: createAccounts(),
    owners: createOwnerTable(ended.seed),
    keys,
    internalKeys: createInternalKeys(),
    usage: createUsageBook(keys),
    ended,
  };
}
