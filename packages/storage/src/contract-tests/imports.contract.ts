import { describe, expect, test } from 'vitest';
import type { NewKey } from '../entities.ts';
import { changed, type DatabaseOpener, readKey, withFixture } from './database.ts';
import { contextOf, newInternalKey, newKey, NOW } from './installation.ts';

/** Keys whose texts were chosen elsewhere. */
export function importContract(opener: DatabaseOpener): void {
  describe('imported keys', () => {
    test('a text is imported once: not while a key has it, not after that key was deleted, in no account (K13, K10, T1)', () =>
      withFixture(opener, async (fixture) => {
        const { on, store, account, owner } = fixture;
        const context = contextOf(account.id);
        const add = async (key: NewKey, at = context) =>
          (await changed(store, at, (c) => c.keys.createImported(key))).value;
        const withTextOf = (of: NewKey): NewKey => {
          const again = newKey(on, owner, { strength: 'unknown' });
          return { ...again, secret: { ...again.secret, digest: of.secret.digest } };
        };
        const key = newKey(on, owner, { strength: 'unknown', hint: 'imported…' });
        expect(await add(key)).toBe('imported');
        expect(await readKey(fixture, key.id)).toMatchObject({ strength: 'unknown', hint: 'imported…' });
        expect(await add(withTextOf(key))).toBe('digest-taken');
        const created = newKey(on, owner);
        await changed(store, context, (change) => change.keys.create(created));
        expect(await add(withTextOf(created))).toBe('digest-taken');
        const stored = await readKey(fixture, key.id);
        await changed(store, context, (change) => change.keys.delete(stored));
        const again = withTextOf(key);
        expect(await add(again)).toBe('digest-taken');
        await store.read(async (reader) => {
          expect(await reader.keys.find(account.id, again.id)).toBeNull();
          expect(await reader.keys.countOf(owner.id)).toBe(1);
          const digests = [key.secret.digest, created.secret.digest, '0'.repeat(64)];
          expect([...(await reader.keys.takenDigests(digests))].toSorted()).toEqual(digests.slice(0, 2).toSorted());
          expect((await reader.keys.takenDigests([])).size).toBe(0);
        });
      }));

    test('the digest of an internal key is taken too, and which it is nobody is told (K11, K13)', () =>
      withFixture(opener, async ({ on, store, account, owner }) => {
        const { key: internal, secret } = newInternalKey(on, { accountIds: [account.id] });
        await changed(store, contextOf(null), (change) => change.internalKeys.create(internal, secret));
        const key = newKey(on, owner);
        const taken = { ...key, secret: { ...key.secret, digest: secret.digest } };
        const { value } = await changed(store, contextOf(account.id), (change) => change.keys.createImported(taken));
        expect(value).toBe('digest-taken');
        expect((await store.read((reader) => reader.keys.takenDigests([secret.digest]))).size).toBe(1);
      }));

    test('an import is a change of its own name, and the rotation of an imported key makes it one of full strength (K13, X5)', () =>
      withFixture(opener, async (fixture) => {
        const { on, store, account, owner } = fixture;
        const key = newKey(on, owner, { strength: 'unknown' });
        const context = contextOf(account.id);
        await changed(store, context, (change) => change.keys.createImported(key));
        const filter = { accountId: account.id, visibleTo: null, keyId: key.id };
        const { items } = await store.read((reader) => reader.events.list(filter, { cursor: null, limit: 10 }));
        expect(items.map(({ name }) => name)).toEqual(['key.imported']);
        expect(items[0]?.changes).toContainEqual({ attribute: 'strength', old: null, new: 'unknown' });
        expect(JSON.stringify(items)).not.toContain(key.secret.digest);
        const stored = await readKey(fixture, key.id);
        const to = { secret: on.secretFor(key), hint: 'new', expiresAt: null, previousEndsAt: NOW, isEnabling: false };
        const rotated = await changed(store, context, (change) => change.keys.rotate(stored, to));
        expect(rotated.value).toMatchObject({ id: key.id, strength: 'full' });
      }));
  });
}
