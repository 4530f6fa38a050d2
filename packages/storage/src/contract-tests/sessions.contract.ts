import { MINUTE_MS, plusMs } from '@claviger/core';
import { describe, expect, test } from 'vitest';
import { changed, createUser, type DatabaseOpener, withFixture } from './database.ts';
import { readTail, recordsOf } from './feed-reading.ts';
import { contextOf, newAccount, newInternalKey, newSession, NOW } from './installation.ts';

/** Sessions and internal keys. */
export function sessionContract(opener: DatabaseOpener): void {
  describe('sessions', () => {
    test('a session comes back by its digest and by its id, in its own account only (U7, T1)', () =>
      withFixture(opener, async ({ on, store, account, owner }) => {
        const session = newSession(on, owner);
        await changed(store, contextOf(account.id), (change) => change.sessions.create(session));
        await store.read(async (reader) => {
          expect(await reader.sessions.findByDigest(session.digest)).toEqual(session);
          expect(await reader.sessions.find(account.id, session.id)).toEqual(session);
          expect(await reader.sessions.find(newAccount(on).id, session.id)).toBeNull();
          expect(await reader.sessions.findByDigest('0'.repeat(64))).toBeNull();
        });
      }));

    test('sessions are listed newest first until they end, and end once (U7)', () =>
      withFixture(opener, async (fixture) => {
        const { on, store, account, owner } = fixture;
        const user = await createUser(fixture);
        const first = newSession(on, user);
        const second = newSession(on, user, { createdAt: plusMs(NOW, 1) });
        await changed(store, contextOf(account.id), async (change) => {
          for (const session of [first, second, newSession(on, owner)]) await change.sessions.create(session);
        });
        const list = async () => store.read((reader) => reader.sessions.listOf(user.id));
        expect(await list()).toEqual([second, first]);
        const { value } = await changed(store, contextOf(account.id), async (change) => [
          await change.sessions.end(second),
          await change.sessions.end(second),
        ]);
        expect(value).toEqual(['ended', 'already-ended']);
        expect(await list()).toEqual([first]);
        expect((await store.read((reader) => reader.sessions.find(account.id, second.id)))?.endedAt).toBe(NOW);
      }));

    test('a use is noted at most once a minute, without an event; an ended session is not used (U7)', () =>
      withFixture(opener, async ({ on, store, account, owner }) => {
        const session = newSession(on, owner);
        await changed(store, contextOf(account.id), (change) => change.sessions.create(session));
        const { n } = await store.head();
        const touchAt = async (ms: number) => {
          const context = contextOf(account.id, { now: plusMs(NOW, ms) });
          expect((await changed(store, context, (change) => change.sessions.touch(session))).version).toBeNull();
          return (await store.read((reader) => reader.sessions.find(account.id, session.id)))?.lastSeenAt;
        };
        expect(await touchAt(MINUTE_MS - 1)).toBe(NOW);
        expect(await touchAt(MINUTE_MS)).toBe(NOW + MINUTE_MS);
        expect(await touchAt(MINUTE_MS + 1)).toBe(NOW + MINUTE_MS);
        expect((await store.head()).n).toBe(n);
        await changed(store, contextOf(account.id), (change) => change.sessions.end(session));
        expect(await touchAt(10 * MINUTE_MS)).toBe(NOW + MINUTE_MS);
      }));

    test('a new proof is kept, with an event; an ended session cannot be proven (U8)', () =>
      withFixture(opener, async ({ on, store, account, owner }) => {
        const session = newSession(on, owner);
        const later = contextOf(account.id, { now: plusMs(NOW, 5) });
        await changed(store, contextOf(account.id), (change) => change.sessions.create(session));
        await changed(store, later, (change) => change.sessions.prove(session));
        const found = await store.read((reader) => reader.sessions.find(account.id, session.id));
        expect(found?.provenAt).toBe(NOW + 5);
        await changed(store, later, (change) => change.sessions.end(session));
        await expect(changed(store, later, (change) => change.sessions.prove(session))).rejects.toThrow();
      }));
  });

  describe('internal keys', () => {
    test('an internal key is bound to accounts one by one, and ends once (K11, T1)', () =>
      withFixture(opener, async ({ on, store, account }) => {
        const { key, secret } = newInternalKey(on);
        await changed(store, contextOf(null), (change) => change.internalKeys.create(key, secret));
        expect(await store.read((reader) => reader.internalKeys.list())).toEqual([key]);
        const { epoch, n, hash } = await store.head();
        const { value } = await changed(store, contextOf(null), async (change) => {
          await change.internalKeys.bind(key.id, account.id);
          await change.internalKeys.bind(key.id, account.id);
          return [await change.internalKeys.end(key.id), await change.internalKeys.end(key.id)];
        });
        expect(value).toEqual(['ended', 'already-ended']);
        const bound = { ...key, accountIds: [account.id], endedAt: NOW };
        expect(await store.read((reader) => reader.internalKeys.list())).toEqual([bound]);
        const record = {
          type: 'internal_key',
          internal_key_id: key.id,
          purpose: 'verify',
          account_ids: [account.id],
          digest: secret.digest,
        };
        expect(recordsOf(await readTail(store, { epoch, n, hash }))).toEqual([
          { ...record, is_ended: false },
          { ...record, is_ended: true },
        ]);
      }));
  });
}
