import type { FeedEntry, FeedPosition } from '@claviger/contract';
import { ok, refuse, type Result } from '@claviger/core';
import { describe, expect, test } from 'vitest';
import type { Change, Store } from '../store.ts';
import { walkChain } from './chain-reading.ts';
import { changed, createKey, createUser, type DatabaseOpener, type Fixture, withFixture } from './database.ts';
import { GENESIS, parseRecord, readSnapshot } from './feed-reading.ts';
import { contextOf, newAccount, newInstallation, newKey, newUser } from './installation.ts';

const WRITERS = 8;
const CHANGES_EACH = 25;
const QUOTA = 30;
const ASKED = 60;

/** Creates a key unless the owner has as many as the quota allows: read and write in one change, as commands do (K3). */
function createWithinQuota({ on, owner }: Fixture): (change: Change) => Promise<Result<'created' | 'id-used', 'full'>> {
  return async (change) => {
    if ((await change.read.keys.countOf(owner.id)) >= QUOTA) return refuse('full');
    return ok(await change.keys.create(newKey(on, owner)));
  };
}

/** Follows the feed until `isDone`, forgetting all but its position now and then, as a reader does that is restarted. */
async function follow(store: Store, isDone: () => boolean): Promise<readonly FeedEntry[]> {
  const seen: FeedEntry[] = [];
  let position: FeedPosition = GENESIS;
  for (let round = 1; ; round += 1) {
    const wasDone = isDone();
    const tail = await store.feed.tail(position, 1 + (round % 5));
    if (tail.kind === 'reload') throw new Error('the feed asks for a reload');
    const last = tail.entries.at(-1);
    if (last === undefined && wasDone) return seen;
    // A restart in the middle of a page: what came after the kept position is read once more.
    const kept = round % 7 === 0 ? tail.entries.slice(0, 1) : tail.entries;
    seen.push(...kept);
    const end = kept.at(-1);
    if (end !== undefined) position = { epoch: end.epoch, n: end.n, hash: end.hash };
  }
}

/** One writer: changes in its own account, every fifth refused, every seventh thrown away. */
async function write(store: Store, fixture: Fixture, change: number): Promise<void> {
  const account = newAccount(fixture.on);
  const user = newUser(fixture.on, account.id);
  await changed(store, contextOf(null), async (inside) => {
    await inside.accounts.create(account);
    await inside.users.create(user, null);
  });
  for (let count = 0; count < change; count += 1) {
    const run = store.change(contextOf(account.id), async (inside) => {
      await inside.keys.create(newKey(fixture.on, user));
      await inside.users.edit(user, { name: `name ${count}` });
      if (count % 7 === 0) throw new Error('thrown on purpose');
      return count % 5 === 0 ? refuse('no') : ok(null);
    });
    await run.catch((error: unknown) => expect(error).toMatchObject({ message: 'thrown on purpose' }));
  }
}

/** What holds when many ask at once: for engines that serve more than one at a time. */
export function concurrencyContract(name: string, opener: DatabaseOpener): void {
  describe(`many at once on ${name}`, () => {
    test(
      'a reader that is restarted misses nothing and doubles nothing, while eight write and roll back (D2, Q17)',
      () =>
        withFixture(opener, async (fixture) => {
          const { store, database } = fixture;
          let isDone = false;
          const writers = Array.from({ length: WRITERS }, () => write(store, fixture, CHANGES_EACH));
          const reader = follow(store, () => isDone);
          await Promise.all(writers);
          isDone = true;
          const numbers = (await reader).map((entry) => entry.n);
          const { n } = await store.head();
          expect(numbers).toEqual(Array.from({ length: n }, (_, index) => index + 1));
          await walkChain(database);
        }),
      60_000,
    );

    test('what a change has read stays true until it commits: a quota is met exactly (K3)', () =>
      withFixture(opener, async (fixture) => {
        const { store, account, owner } = fixture;
        const create = createWithinQuota(fixture);
        const runs = await Promise.all(
          Array.from({ length: ASKED }, () => store.change(contextOf(account.id), create)),
        );
        expect(runs.filter((run) => run.ok)).toHaveLength(QUOTA);
        expect(await store.read((reader) => reader.keys.countOf(owner.id))).toBe(QUOTA);
      }));

    test('two accounts that ask for one address at the same time do not both get it (T1)', () =>
      withFixture(opener, async (fixture) => {
        const { on, store } = fixture;
        const accounts = [newAccount(on), newAccount(on), newAccount(on)];
        for (const account of accounts)
          await changed(store, contextOf(null), (change) => change.accounts.create(account));
        const outcomes = await Promise.all(
          accounts.map((account) =>
            changed(store, contextOf(account.id), (change) =>
              change.users.create(newUser(on, account.id, { email: 'one@example.com' }), null),
            ),
          ),
        );
        expect(outcomes.map((outcome) => outcome.value).sort()).toEqual(['created', 'email-taken', 'email-taken']);
      }));

    test('a snapshot holds up neither changes nor reads, and shows nothing that came after it began (D3)', () =>
      withFixture(opener, async (fixture) => {
        const { store, account } = fixture;
        const key = await createKey(fixture);
        const before = await readSnapshot(store);
        const texts: string[] = [];
        for await (const part of store.feed.snapshot()) {
          if (part.part === 'head') {
            await createUser(fixture);
            await changed(store, contextOf(account.id), (change) => change.keys.delete(key));
          }
          if (part.part === 'records') texts.push(...part.records);
        }
        expect(texts.map(parseRecord)).toEqual(before.records);
        expect(await store.read((reader) => reader.keys.find(account.id, key.id))).toBeNull();
      }));

    test('a read sees one state, however long it takes', () =>
      withFixture(opener, async (fixture) => {
        const { store, account } = fixture;
        const key = await createKey(fixture);
        const opened = Promise.withResolvers<undefined>();
        const deleted = Promise.withResolvers<undefined>();
        const read = store.read(async (reader) => {
          const early = await reader.keys.find(account.id, key.id);
          opened.resolve(undefined);
          await deleted.promise;
          return [early, await reader.keys.find(account.id, key.id)];
        });
        await opened.promise;
        await changed(store, contextOf(account.id), (change) => change.keys.delete(key));
        deleted.resolve(undefined);
        expect(await read).toEqual([key, key]);
      }));

    test('a change does not keep reads waiting, and is not seen before it commits', () =>
      withFixture(opener, async (fixture) => {
        const { on, store, account, owner } = fixture;
        const key = newKey(on, owner);
        const created = Promise.withResolvers<undefined>();
        const looked = Promise.withResolvers<undefined>();
        const change = changed(store, contextOf(account.id), async (inside) => {
          await inside.keys.create(key);
          created.resolve(undefined);
          await looked.promise;
        });
        await created.promise;
        expect(await store.read((reader) => reader.keys.find(account.id, key.id))).toBeNull();
        looked.resolve(undefined);
        await change;
        expect(await store.read((reader) => reader.keys.find(account.id, key.id))).not.toBeNull();
      }));
  });
}

/** What holds between two nodes on one database: for engines that let more than one process in. */
export function nodesContract(name: string, opener: DatabaseOpener): void {
  describe(`two nodes on ${name}`, () => {
    test(
      'write one chain without gaps, and keep one quota (D2, K3)',
      () =>
        withFixture(opener, async (fixture) => {
          const { store, database, account, owner } = fixture;
          const other = await database.open(fixture.on.deps);
          try {
            const create = createWithinQuota(fixture);
            const runs = await Promise.all(
              Array.from({ length: ASKED }, (_, index) =>
                (index % 2 === 0 ? store : other).change(contextOf(account.id), create),
              ),
            );
            expect(runs.filter((run) => run.ok)).toHaveLength(QUOTA);
            expect(await other.read((reader) => reader.keys.countOf(owner.id))).toBe(QUOTA);
            await Promise.all([write(store, fixture, CHANGES_EACH), write(other, fixture, CHANGES_EACH)]);
            await walkChain(database);
          } finally {
            await other.close();
          }
        }),
      60_000,
    );

    test('may start on an empty database at the same moment', async () => {
      const database = await opener();
      try {
        const { deps } = newInstallation();
        const nodes = await Promise.all([database.open(deps), database.open(deps), database.open(deps)]);
        for (const node of nodes) expect((await node.head()).n).toBe(0);
        await Promise.all(nodes.map((node) => node.close()));
      } finally {
        await database.dispose();
      }
    });

    test('a commit on one wakes the other (D2)', () =>
      withFixture(opener, async (fixture) => {
        const other = await fixture.database.open(fixture.on.deps);
        try {
          const position = await other.head();
          // The wake-up may be late or doubled: what counts is that one comes after which the change is there.
          const arrived = Promise.withResolvers<undefined>();
          other.feed.onWake(() => {
            void other.feed.tail(position, 10).then((tail) => {
              if (tail.kind === 'entries' && tail.entries.length > 0) arrived.resolve(undefined);
            });
          });
          await createKey(fixture);
          await arrived.promise;
        } finally {
          await other.close();
        }
      }));
  });
}
