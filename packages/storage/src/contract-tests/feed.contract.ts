import { chainLink } from '@claviger/core';
import { describe, expect, test } from 'vitest';
import { changed, createKey, createPolicy, createUser, type DatabaseOpener, withFixture } from './database.ts';
import { GENESIS, readSnapshot, readTail, recordsOf, stateAfter } from './feed-reading.ts';
import { contextOf, newKey, newKeyId, sha256 } from './installation.ts';

/** Enough keys for a snapshot of several parts. */
const MANY = 2_100;

/** The change feed. */
export function feedContract(opener: DatabaseOpener): void {
  describe('feed', () => {
    test('the tail from the beginning links up, and makes the state of the snapshot (D2, D3)', () =>
      withFixture(opener, async (fixture) => {
        await createKey(fixture);
        await createPolicy(fixture);
        await createUser(fixture);
        const entries = await readTail(fixture.store, GENESIS, 2);
        let previous = GENESIS.hash;
        for (const entry of entries) {
          const digests = { eventDigest: entry.event_digest, recordDigest: sha256(entry.record ?? '') };
          expect(entry).toMatchObject({ previous_hash: previous, hash: chainLink(previous, digests, sha256).hash });
          previous = entry.hash;
        }
        const snapshot = await readSnapshot(fixture.store);
        expect(snapshot.position).toEqual({ epoch: 1, n: entries.length, hash: previous });
        expect(stateAfter(recordsOf(entries))).toEqual(stateAfter(snapshot.records));
      }));

    test('a change hands over the very entries that the tail carries (D2)', () =>
      withFixture(opener, async ({ on, store, account, owner }) => {
        const { epoch, n, hash } = await store.head();
        const committed = await changed(store, contextOf(account.id), async (change) => {
          await change.keys.create(newKey(on, owner));
          await change.users.edit(owner, { name: 'Renamed' });
          await change.accounts.changeReminders(account, { reminderDays: 3, reminderSteps: [7, 1, 0] });
        });
        expect(committed.entries).toEqual(await readTail(store, { epoch, n, hash }));
        expect(recordsOf(committed.entries).map((record) => record.type)).toEqual(['key', 'none', 'account']);
      }));

    test('records carry no name, address or metadata (D1)', () =>
      withFixture(opener, async (fixture) => {
        await createUser(fixture, { name: 'Peculiar Name', email: 'peculiar@example.com' });
        await createPolicy(fixture, { name: 'Peculiar Policy', description: 'Peculiar Description' });
        await createKey(fixture, { name: 'Peculiar Key', hint: 'Peculiar Hint', metadata: { peculiar: true } });
        const snapshot = JSON.stringify((await readSnapshot(fixture.store)).records);
        const tail = JSON.stringify(await readTail(fixture.store, GENESIS));
        expect([snapshot, tail].filter((text) => /peculiar/i.test(text))).toEqual([]);
      }));

    test('a reader that is current gets nothing, and knows the head (D2)', () =>
      withFixture(opener, async ({ store }) => {
        const { floor: _, ...head } = await store.head();
        expect(await store.feed.tail(head, 10)).toEqual({ kind: 'entries', entries: [], head });
      }));

    test('a position that is not of this history must reload: another epoch, a fork, a future (D2, D3)', () =>
      withFixture(opener, async (fixture) => {
        const { store } = fixture;
        await createKey(fixture);
        const { epoch, n, hash } = await store.head();
        const reload = { kind: 'reload' };
        expect(await store.feed.tail({ epoch: epoch + 1, n, hash }, 10)).toEqual(reload);
        expect(await store.feed.tail({ epoch, n, hash: sha256('fork') }, 10)).toEqual(reload);
        expect(await store.feed.tail({ epoch, n: n - 1, hash }, 10)).toEqual(reload);
        expect(await store.feed.tail({ epoch, n: n + 1, hash }, 10)).toEqual(reload);
        expect(await store.feed.tail({ epoch, n: 0, hash }, 10)).toEqual(reload);
      }));

    test('a reader from before a compaction must reload; one at its edge goes on (D2)', () =>
      withFixture(opener, async (fixture) => {
        const { database, store } = fixture;
        const positions = [GENESIS];
        for (let count = 0; count < 4; count += 1) {
          await createKey(fixture);
          const { floor: _, ...head } = await store.head();
          positions.push(head);
        }
        const [, second, third, , last] = positions;
        await database.execute(`delete from feed_records where version <= ${third?.n}`);
        expect(await store.feed.tail(second ?? GENESIS, 10)).toEqual({ kind: 'reload' });
        expect(await store.feed.tail(GENESIS, 10)).toEqual({ kind: 'reload' });
        expect(await readTail(store, third ?? GENESIS)).toHaveLength((last?.n ?? 0) - (third?.n ?? 0));
        await database.execute('delete from feed_records');
        expect(await store.feed.tail(third ?? GENESIS, 10)).toEqual({ kind: 'reload' });
        expect(await store.feed.tail(last ?? GENESIS, 10)).toMatchObject({ kind: 'entries', entries: [] });
      }));

    test('a big snapshot travels in parts of at most a thousand records, in an order that can be applied (D3)', () =>
      withFixture(opener, async ({ on, store, account, owner }) => {
        await changed(store, contextOf(account.id), async (change) => {
          for (let count = 0; count < MANY; count += 1) await change.keys.create(newKey(on, owner));
        });
        const sizes: number[] = [];
        for await (const part of store.feed.snapshot()) if (part.part === 'records') sizes.push(part.records.length);
        expect(Math.max(...sizes)).toBeLessThanOrEqual(1_000);
        const { records } = await readSnapshot(store);
        const types = records.map((record) => record.type);
        expect(types.filter((type) => type === 'key')).toHaveLength(MANY);
        expect([...new Set(types)]).toEqual(['account', 'user', 'key']);
      }));

    test('whoever stops listening to a snapshot lets go of it', () =>
      withFixture(opener, async (fixture) => {
        for (let count = 0; count < 20; count += 1) {
          for await (const part of fixture.store.feed.snapshot()) if (part.part === 'head') break;
        }
        await createKey(fixture);
        expect((await readSnapshot(fixture.store)).records).toHaveLength(3);
      }));

    test('a listener is woken after a commit, and no more when it has left (D2)', () =>
      withFixture(opener, async (fixture) => {
        const seen: number[] = [];
        const heard = Promise.withResolvers<undefined>();
        const leave = fixture.store.feed.onWake(() => {
          seen.push(1);
          heard.resolve(undefined);
        });
        await changed(fixture.store, contextOf(fixture.account.id), async () => 'nothing');
        await createKey(fixture);
        await heard.promise;
        leave();
        const count = seen.length;
        await createKey(fixture);
        expect(seen.length).toBe(count);
      }));

    test('tombstones of keys that were never there before do not come up, those of deleted ones always do (K10)', () =>
      withFixture(opener, async (fixture) => {
        const { store, account } = fixture;
        const key = await createKey(fixture);
        await changed(store, contextOf(account.id), (change) => change.keys.delete(key));
        await fixture.database.execute('delete from feed_records');
        const { records } = await readSnapshot(store);
        const deleted = records.flatMap((record) => (record.type === 'key_deleted' ? [record.key_id] : []));
        expect(deleted).toEqual([key.id]);
        expect(deleted).not.toContain(newKeyId(fixture.on));
      }));
  });
}
