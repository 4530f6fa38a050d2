import { plusMs, statusWord } from '@claviger/core';
import { describe, expect, test } from 'vitest';
import { isCursor } from '../cursor.ts';
import type { Key, NewKey } from '../entities.ts';
import type { KeyFilter } from '../store.ts';
import {
  changed,
  createKey,
  createPolicy,
  createUser,
  type DatabaseOpener,
  type Fixture,
  withFixture,
} from './database.ts';
import { contextOf, inDays, newKey, newUser, NOW } from './installation.ts';
import { allPages } from './paging.ts';

async function keyNames(fixture: Fixture, filter: Partial<KeyFilter>): Promise<readonly string[]> {
  const whole = { accountId: fixture.account.id, ownerIds: null, now: NOW, reminderDays: 30, ...filter };
  const keys = await allPages((page) => fixture.store.read((reader) => reader.keys.list(whole, page)), 2);
  return keys.map((key) => key.name);
}

/** Lists, filters and cursors. */
export function listContract(opener: DatabaseOpener): void {
  describe('lists', () => {
    test('are newest first, in pages that neither miss nor double, also of things made in the same millisecond', () =>
      withFixture(opener, async (fixture) => {
        const at = [0, 0, 0, 1, 1, 2, 3].map((ms) => plusMs(NOW, ms));
        for (const [index, createdAt] of at.entries()) {
          await createKey(fixture, { name: `key ${index}`, createdAt });
          await createUser(fixture, { name: `user ${index}`, createdAt });
          await createPolicy(fixture, { name: `policy ${index}`, createdAt });
        }
        for (const limit of [1, 2, 3, 7, 8]) {
          const keys = await allPages(
            (page) =>
              fixture.store.read((reader) =>
                reader.keys.list({ accountId: fixture.account.id, ownerIds: null, now: NOW, reminderDays: 30 }, page),
              ),
            limit,
          );
          expect(new Set(keys.map((key) => key.id)).size).toBe(7);
          expect(keys.map((key) => key.createdAt)).toEqual(at.toReversed());
          const users = await allPages(
            (page) => fixture.store.read((reader) => reader.users.list(fixture.account.id, null, page)),
            limit,
          );
          expect(new Set(users.map((user) => user.id)).size).toBe(8);
          const policies = await allPages(
            (page) => fixture.store.read((reader) => reader.policies.list(fixture.account.id, null, page)),
            limit,
          );
          expect(policies.map((policy) => policy.createdAt)).toEqual(at.toReversed());
        }
      }));

    test('a page goes on where the last one ended, whatever has come in or gone since', () =>
      withFixture(opener, async (fixture) => {
        const { store, account } = fixture;
        const keys: Key[] = [];
        for (const ms of [1, 2, 3, 4])
          keys.push(await createKey(fixture, { name: `${ms}`, createdAt: plusMs(NOW, ms) }));
        const filter = { accountId: account.id, ownerIds: null, now: NOW, reminderDays: 30 };
        const first = await store.read((reader) => reader.keys.list(filter, { cursor: null, limit: 2 }));
        expect(first.items.map((key) => key.name)).toEqual(['4', '3']);
        await createKey(fixture, { name: '5', createdAt: plusMs(NOW, 5) });
        await changed(store, contextOf(account.id), (change) => change.keys.delete(keys[2] as Key));
        const second = await store.read((reader) => reader.keys.list(filter, { cursor: first.nextCursor, limit: 2 }));
        expect(second.items.map((key) => key.name)).toEqual(['2', '1']);
        expect(second.nextCursor).toBeNull();
      }));

    test('a cursor that no list gave out is told apart from everything else', () =>
      withFixture(opener, async ({ store, account }) => {
        const filter = { accountId: account.id, ownerIds: null, now: NOW, reminderDays: 30 };
        const bad = [
          '',
          ' ',
          'x',
          '%',
          'MQ',
          'e30',
          'MS4yLjM=',
          'a'.repeat(500),
          Buffer.from('1.é').toString('base64url'),
        ];
        for (const cursor of bad) {
          expect(isCursor(cursor)).toBe(false);
          const page = { cursor, limit: 1 };
          const fault = { name: 'StoreFault', kind: 'bad-cursor' };
          await expect(store.read((reader) => reader.keys.list(filter, page))).rejects.toMatchObject(fault);
          await expect(store.read((reader) => reader.users.list(account.id, null, page))).rejects.toMatchObject(fault);
          await expect(store.read((reader) => reader.policies.list(account.id, null, page))).rejects.toMatchObject(
            fault,
          );
          await expect(
            store.read((reader) => reader.events.list({ accountId: account.id, visibleTo: null }, page)),
          ).rejects.toMatchObject(fault);
        }
      }));

    test('a status filter lets through exactly the keys that carry that word, at every boundary (E9, E13)', () =>
      withFixture(opener, async (fixture) => {
        const { store, account } = fixture;
        const ends = [
          null,
          inDays(-1),
          plusMs(NOW, -1),
          NOW,
          plusMs(NOW, 1),
          inDays(30),
          plusMs(inDays(30), 1),
          inDays(90),
        ];
        for (const [index, expiresAt] of ends.entries()) {
          for (const state of ['living', 'disabled', 'forced'] as const) {
            const key = await createKey(fixture, { name: `${state} ${index}`, expiresAt });
            await changed(store, contextOf(account.id), async (change) => {
              if (state === 'disabled') await change.keys.disable(key, 'request');
              const end = { at: NOW, by: 'operator', reason: 'other', note: null } as const;
              if (state === 'forced') await change.keys.forceExpire(key, end);
            });
          }
        }
        const filter = { accountId: account.id, ownerIds: null, now: NOW, reminderDays: 30 };
        const page = { cursor: null, limit: 100 };
        const { items } = await store.read((reader) => reader.keys.list(filter, page));
        expect(items).toHaveLength(ends.length * 3);
        for (const status of ['active', 'expiring', 'disabled', 'expired'] as const) {
          const expected = items.filter((key) => statusWord(key, NOW, 30) === status).map((key) => key.id);
          expect(expected.length).toBeGreaterThan(1);
          const found = await store.read((reader) => reader.keys.list({ ...filter, status }, page));
          expect(found.items.map((key) => key.id)).toEqual(expected);
        }
      }));

    test('keys are filtered by owner, kind, expiry and use, and by all at once', () =>
      withFixture(opener, async (fixture) => {
        const { store, owner } = fixture;
        const [ann, bea] = [await createUser(fixture), await createUser(fixture)];
        const create = (name: string, rest: Partial<NewKey>) => createKey(fixture, { name, ...rest });
        await create('a', { ownerId: ann.id, createdAt: plusMs(NOW, 1), expiresAt: inDays(10) });
        const used = await create('b', { ownerId: ann.id, createdAt: plusMs(NOW, 2), kind: 'write_only' });
        await create('c', { ownerId: bea.id, createdAt: plusMs(NOW, 3), expiresAt: inDays(20) });
        await store.flush({ uses: [{ keyId: used.id, at: plusMs(NOW, 100) }], storable: NOW });
        expect(await keyNames(fixture, {})).toEqual(['c', 'b', 'a']);
        expect(await keyNames(fixture, { ownerIds: [ann.id] })).toEqual(['b', 'a']);
        expect(await keyNames(fixture, { ownerIds: [bea.id, owner.id] })).toEqual(['c']);
        expect(await keyNames(fixture, { ownerIds: [] })).toEqual([]);
        expect(await keyNames(fixture, { kind: 'write_only' })).toEqual(['b']);
        expect(await keyNames(fixture, { expiresBefore: inDays(20) })).toEqual(['a']);
        expect(await keyNames(fixture, { expiresBefore: plusMs(inDays(20), 1) })).toEqual(['c', 'a']);
        expect(await keyNames(fixture, { unusedSince: plusMs(NOW, 3) })).toEqual(['a']);
        expect(await keyNames(fixture, { unusedSince: plusMs(NOW, 101) })).toEqual(['c', 'b', 'a']);
        expect(await keyNames(fixture, { ownerIds: [ann.id], kind: 'master', expiresBefore: inDays(11) })).toEqual([
          'a',
        ]);
      }));

    test('a text filter finds parts of name, hint and id in any case, and takes its signs for themselves', () =>
      withFixture(opener, async (fixture) => {
        const key = await createKey(fixture, { name: '100% Übung_1', hint: 'clv_master_AbCd…wXyZ' });
        await createKey(fixture, { name: '1000 Uebung-1\\', hint: 'clv_master_0000…1111' });
        for (const text of ['100%', 'ÜBUNG_', 'übung', '% ü', 'abcd…WXYZ', key.id.toUpperCase(), '100% Übung_1']) {
          expect([text, await keyNames(fixture, { text })]).toEqual([text, ['100% Übung_1']]);
        }
        expect(await keyNames(fixture, { text: '-1\\' })).toEqual(['1000 Uebung-1\\']);
        expect(await keyNames(fixture, { text: '_%_' })).toEqual([]);
        expect(await keyNames(fixture, { text: '1000' })).toEqual(['1000 Uebung-1\\']);
      }));

    test('filters that few things meet and filters that many meet find the same, newest first', () =>
      withFixture(opener, async (fixture) => {
        const { on, store, account, owner } = fixture;
        const user = await createUser(fixture);
        const many = 2_500;
        await changed(store, contextOf(account.id), async (change) => {
          for (let index = 0; index < many; index += 1) {
            const createdAt = plusMs(NOW, index);
            const isSpecial = index % 500 === 0;
            await change.keys.create(
              newKey(on, isSpecial ? user : owner, {
                createdAt,
                name: `${index}`,
                expiresAt: isSpecial ? null : inDays(-1),
              }),
            );
          }
        });
        const special = ['2000', '1500', '1000', '500', '0'];
        expect(await keyNames(fixture, { status: 'active' })).toEqual(special);
        expect(await keyNames(fixture, { ownerIds: [user.id, newUser(on, account.id).id] })).toEqual(special);
        expect(await keyNames(fixture, { status: 'active', unusedSince: plusMs(NOW, 1_001) })).toEqual(
          special.slice(2),
        );
        const page = { cursor: null, limit: 3 };
        const filter = { accountId: account.id, ownerIds: null, now: NOW, reminderDays: 30 };
        for (const common of [
          { status: 'expired' },
          { expiresBefore: NOW },
          { ownerIds: [owner.id, user.id] },
        ] as const) {
          const { items } = await store.read((reader) => reader.keys.list({ ...filter, ...common }, page));
          expect(items.map((key) => key.name)).toEqual(['2499', '2498', '2497']);
        }
      }));

    test('lists of users and policies show those they are asked for (K9)', () =>
      withFixture(opener, async (fixture) => {
        const { store, account } = fixture;
        const [ann, bea] = [await createUser(fixture), await createUser(fixture)];
        const [first, second] = [await createPolicy(fixture), await createPolicy(fixture)];
        const page = { cursor: null, limit: 10 };
        await store.read(async (reader) => {
          const users = async (ids: readonly (typeof ann.id)[]) =>
            (await reader.users.list(account.id, ids, page)).items;
          expect(await users([bea.id])).toEqual([bea]);
          expect((await users([ann.id, bea.id])).map((user) => user.id).sort()).toEqual([ann.id, bea.id].sort());
          expect(await users([])).toEqual([]);
          expect((await reader.policies.list(account.id, [second.id], page)).items).toEqual([second]);
          expect((await reader.policies.list(account.id, [first.id, second.id], page)).items).toHaveLength(2);
        });
      }));

    test('a list may be asked for tens of thousands of owners at once (U3)', () =>
      withFixture(opener, async (fixture) => {
        const key = await createKey(fixture);
        const strangers = Array.from({ length: 70_000 }, (_, index) => `usr_${index}` as typeof fixture.owner.id);
        expect(await keyNames(fixture, { ownerIds: [...strangers, fixture.owner.id] })).toEqual([key.name]);
      }));
  });
}
