import { type Instant, type KeyKind, lifespanInForce } from '@claviger/core';
import type { Account, Change, Key, User } from '@claviger/storage';
import { insertKey, type SecretDeps } from './new-key.ts';
import { type KeyWithSecret, shownKey } from './shown-key.ts';

/** A new user, and who counts as the creator of their first keys. */
export type NewOwner = Pick<Key, 'createdBy' | 'createdByKeyId'> & {
  readonly account: Account;
  readonly user: User;
  readonly now: Instant;
};

const KINDS = { both: ['master', 'write_only'], write_only: ['write_only'], none: [] } as const;
const NAMES: Readonly<Record<KeyKind, string>> = { master: 'Default master key', write_only: 'Default write-only key' };

/** Creates the keys that every new user gets, in the user's own transaction (K2), under the policy in force (E7). */
export async function insertDefaultKeys(
  deps: SecretDeps,
  change: Change,
  newOwner: NewOwner,
): Promise<readonly KeyWithSecret[]> {
  const { account, user, now, createdBy, createdByKeyId } = newOwner;
  const made: KeyWithSecret[] = [];
  for (const kind of KINDS[account.defaultKeys]) {
    const lifespan = lifespanInForce(account.expiration, user.expiration, kind);
    const draft = { owner: user, now, kind, name: NAMES[kind], lifespan, createdBy, createdByKeyId, ...UNBOUND };
    const { key, secret } = await insertKey(deps, change, draft);
    made.push({ ...shownKey({ key, owner: user }, { account }), secret });
  }
  return made;
}

const UNBOUND = { permissions: null, allowedIps: [], allowedOrigins: [], rateLimit: null, metadata: {} } as const;
