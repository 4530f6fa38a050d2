import { ok, type Result } from '@claviger/core';
import type { Account, Key, NewKey, Policy, User } from '../entities.ts';
import type { Change, ChangeContext, Committed, Store } from '../store.ts';
import type { StoreDeps } from '../store-deps.ts';
import {
  contextOf,
  type Installation,
  newAccount,
  newInstallation,
  newKey,
  newPolicy,
  newUser,
} from './installation.ts';

/** A database of one engine, empty at first. */
export type TestDatabase = {
  /** Opens the store on it; it may be opened again after a close. */
  open(deps: StoreDeps): Promise<Store>;
  /** Runs SQL past the store, as somebody with access to the database would. */
  execute(sql: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** Drops it. */
  dispose(): Promise<void>;
};

/** Makes a database for one test. */
export type DatabaseOpener = () => Promise<TestDatabase>;

/** An open store with an account that has an Owner. */
export type Fixture = {
  readonly on: Installation;
  readonly database: TestDatabase;
  readonly store: Store;
  readonly account: Account;
  readonly owner: User;
};

/** Runs `work` on a fresh database and drops it afterwards, whatever happens. */
export async function withFixture(opener: DatabaseOpener, work: (fixture: Fixture) => Promise<void>): Promise<void> {
  const database = await opener();
  const on = newInstallation();
  const store = await database.open(on.deps);
  try {
    const account = newAccount(on);
    const owner = newUser(on, account.id, { userType: 'owner' });
    await changed(store, contextOf(null), async (change) => {
      await change.accounts.create(account);
      await change.users.create(owner, 'argon2 of a password');
    });
    await work({ on, database, store, account, owner });
  } finally {
    await store.close();
    await database.dispose();
  }
}

/** Runs a change that is expected to succeed. */
export async function changed<T>(
  store: Store,
  context: ChangeContext,
  work: (change: Change) => Promise<T>,
): Promise<Committed<T>> {
  const result: Result<Committed<T>, never> = await store.change(context, async (change) => ok(await work(change)));
  if (!result.ok) throw new Error('a change that refuses nothing was refused');
  return result.value;
}

/** Creates a user of the fixture's account. */
export async function createUser(fixture: Fixture, rest: Partial<User> = {}): Promise<User> {
  const user = newUser(fixture.on, fixture.account.id, rest);
  await changed(fixture.store, contextOf(fixture.account.id), (change) => change.users.create(user, null));
  return user;
}

/** Creates a key and reads it back. */
export async function createKey(fixture: Fixture, rest: Partial<NewKey> = {}): Promise<Key> {
  const key = newKey(fixture.on, { accountId: fixture.account.id, id: rest.ownerId ?? fixture.owner.id }, rest);
  await changed(fixture.store, contextOf(fixture.account.id), (change) => change.keys.create(key));
  return readKey(fixture, key.id);
}

/** Creates a policy. */
export async function createPolicy(fixture: Fixture, rest: Partial<Policy> = {}): Promise<Policy> {
  const policy = newPolicy(fixture.on, fixture.account.id, rest);
  await changed(fixture.store, contextOf(fixture.account.id), (change) => change.policies.create(policy));
  return policy;
}

/** Reads a key that is there. */
export async function readKey({ store, account }: Fixture, id: Key['id']): Promise<Key> {
  const key = await store.read((reader) => reader.keys.find(account.id, id));
  if (key === null) throw new Error(`there is no key ${id}`);
  return key;
}

/** Reads a user that is there. */
export async function readUser({ store, account }: Fixture, id: User['id']): Promise<User> {
  const user = await store.read((reader) => reader.users.find(account.id, id));
  if (user === null) throw new Error(`there is no user ${id}`);
  return user;
}
