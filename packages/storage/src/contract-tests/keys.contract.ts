import { type ForcedExpiry, headText, type Instant, plusMs } from '@claviger/core';
import { describe, expect, test } from 'vitest';
import { walkChain } from './chain-reading.ts';
import { changed, createKey, createUser, type DatabaseOpener, type Fixture, readKey, withFixture } from './database.ts';
import { readSnapshot } from './feed-reading.ts';
import { contextOf, inDays, newAccount, newKey, newUser, NOW } from './installation.ts';

const END: ForcedExpiry = { at: NOW, by: 'operator', reason: 'compromised', note: 'seen on a forge' };

/** What the feed says of the secrets of a key: digest and end, in order. */
async function feedSecrets({ store }: Fixture, id: string): Promise<readonly (Instant | number | null)[]> {
  const { records } = await readSnapshot(store);
  const record = records.find((candidate) => candidate.type === 'key' && candidate.key_id === id);
  return record?.type === 'key' ? record.secrets.map((secret) => secret.ends_at) : [];
}

/** Keys. */
export function keyContract(opener: DatabaseOpener): void {
  describe('keys', () => {
    test('a key comes back as it was created', () =>
      withFixture(opener, async (fixture) => {
        const key = newKey(fixture.on, fixture.owner, {
          kind: 'write_only',
          strength: 'unknown',
          createdBy: 'operator',
          lifespan: null,
          expiresAt: inDays(90),
          permissions: [{ resourceType: 'database', operation: 'import', ids: ['sales', 'web*'] }],
          allowedIps: ['10.0.0.0/8', '2001:db8::/32'],
          allowedOrigins: ['https://shop.example'],
          rateLimit: { requests: 10, perSeconds: 60 },
          metadata: { team: 'data', nested: { deep: [1, null, 'x'] } },
        });
        await changed(fixture.store, contextOf(fixture.account.id), (change) => change.keys.create(key));
        const { secret: _, ...facts } = key;
        expect(await readKey(fixture, key.id)).toEqual({
          ...facts,
          disabledAt: null,
          disabledReason: null,
          enabledAt: null,
          idleReportedAt: null,
          forcedExpiry: null,
          lastUsedAt: null,
          rotation: null,
        });
      }));

    test('an id is used once: not while its key lives, not after it was deleted, not in the same change (K10)', () =>
      withFixture(opener, async (fixture) => {
        const { on, store, account, owner } = fixture;
        const key = await createKey(fixture);
        const again = newKey(on, owner, { id: key.id });
        const context = contextOf(account.id);
        expect((await changed(store, context, (change) => change.keys.create(again))).value).toBe('id-used');
        const inOne = await changed(store, context, async (change) => {
          await change.keys.delete(key);
          return change.keys.create(again);
        });
        expect(inOne.value).toBe('id-used');
        expect((await changed(store, context, (change) => change.keys.create(again))).value).toBe('id-used');
        expect(await store.read((reader) => reader.keys.find(account.id, key.id))).toBeNull();
        expect(await store.read((reader) => reader.keys.findByDigest(again.secret.digest))).toBeNull();
      }));

    test('a deleted key is gone from every list and count at once, and is a tombstone in the feed (K10)', () =>
      withFixture(opener, async (fixture) => {
        const { on, store, account, owner } = fixture;
        const key = newKey(on, owner);
        await changed(store, contextOf(account.id), (change) => change.keys.create(key));
        const stored = await readKey(fixture, key.id);
        const committed = await changed(store, contextOf(account.id), (change) => change.keys.delete(stored));
        expect(committed.ends).toEqual([
          { accountId: account.id, keyId: key.id, how: 'deleted', at: NOW, version: committed.version },
        ]);
        await store.read(async (reader) => {
          expect(await reader.keys.find(account.id, key.id)).toBeNull();
          expect(await reader.keys.countOf(owner.id)).toBe(0);
          expect(await reader.keys.findByDigest(key.secret.digest)).toBeNull();
        });
        const { records } = await readSnapshot(store);
        expect(records).toContainEqual({ type: 'key_deleted', account_id: account.id, key_id: key.id });
        expect(records.some((record) => record.type === 'key')).toBe(false);
      }));

    test('a force-expired key stays, with who, when and why, and is not ended twice (X1, X2)', () =>
      withFixture(opener, async (fixture) => {
        const { store, account } = fixture;
        const key = await createKey(fixture, { expiresAt: inDays(-1) });
        const committed = await changed(store, contextOf(account.id), (change) => change.keys.forceExpire(key, END));
        // It had outlived its lifespan already; the forced end is kept all the same.
        expect(committed.value).toBe('force-expired');
        expect(committed.ends).toEqual([
          { accountId: account.id, keyId: key.id, how: 'force_expired', at: NOW, version: committed.version },
        ]);
        expect((await readKey(fixture, key.id)).forcedExpiry).toEqual(END);
        const later: ForcedExpiry = { ...END, at: plusMs(NOW, 1), reason: 'other' };
        const second = await changed(store, contextOf(account.id), (change) => change.keys.forceExpire(key, later));
        expect(second).toEqual({ value: 'already-expired', version: null, entries: [], ends: [] });
        expect((await readKey(fixture, key.id)).forcedExpiry).toEqual(END);
      }));

    test('ends after a version are told once each, whether the key is still there or not (D3)', () =>
      withFixture(opener, async (fixture) => {
        const { store, account } = fixture;
        const [first, second] = [await createKey(fixture), await createKey(fixture)];
        const context = contextOf(account.id);
        const forced = await changed(store, context, (change) => change.keys.forceExpire(first, END));
        const deleted = await changed(store, context, (change) => change.keys.delete(second));
        const both = await changed(store, context, async (change) => change.keys.delete(first));
        const all = [...forced.ends, ...deleted.ends, ...both.ends];
        expect(await store.endsAfter(null)).toEqual(all);
        expect(await store.endsAfter(forced.version)).toEqual(all.slice(1));
        expect(await store.endsAfter(deleted.version)).toEqual(all.slice(2));
        // A version of an epoch that is still to come is after everything.
        expect(await store.endsAfter({ epoch: 2, n: 0 })).toEqual([]);
      }));

    test('after a restore, ends of the new epoch come after all of the lost one, whatever their numbers (D3)', () =>
      withFixture(opener, async (fixture) => {
        const { on, database, store, account } = fixture;
        const [first, second] = [await createKey(fixture), await createKey(fixture)];
        await changed(store, contextOf(account.id), (change) => change.keys.forceExpire(first, END));
        const { n, hash } = await store.head();
        const signature = on.deps.sign(headText({ epoch: 2, version: n, hash }));
        await database.execute(`update feed_head set epoch = 2, signature = '${signature}'`);
        const later = await changed(store, contextOf(account.id), (change) => change.keys.forceExpire(second, END));
        expect(later.version).toEqual({ epoch: 2, n: n + 1 });
        // The lost epoch had gone further than the restored one has.
        expect(await store.endsAfter({ epoch: 1, n: n + 100 })).toEqual(later.ends);
        expect(await store.endsAfter({ epoch: 2, n: n + 1 })).toEqual([]);
        expect(await store.feed.tail({ epoch: 1, n, hash }, 10)).toEqual({ kind: 'reload' });
        expect(await store.feed.tail({ epoch: 2, n, hash }, 10)).toMatchObject({ entries: later.entries });
        await walkChain(database);
      }));

    test('a promotion takes over a key that was disabled on request, and only enabling clears it (X4, U3)', () =>
      withFixture(opener, async (fixture) => {
        const { store, account } = fixture;
        const key = await createKey(fixture);
        const later = contextOf(account.id, { now: inDays(1) });
        const disable = async (reason: 'request' | 'promotion', context = contextOf(account.id)) =>
          (await changed(store, context, (change) => change.keys.disable(key, reason))).value;
        expect(await disable('request')).toBe('disabled');
        expect(await disable('request', later)).toBe('already-disabled');
        expect(await disable('promotion', later)).toBe('disabled');
        expect(await disable('request', later)).toBe('already-disabled');
        expect(await readKey(fixture, key.id)).toMatchObject({ disabledAt: NOW, disabledReason: 'promotion' });
        const enabled = await changed(store, later, (change) => change.keys.enable(key));
        expect(enabled.value).toBe('enabled');
        expect(await readKey(fixture, key.id)).toMatchObject({ disabledAt: null, disabledReason: null });
      }));

    test('a rotation keeps every replaced secret with its end; rotating again ends the older one now (X5)', () =>
      withFixture(opener, async (fixture) => {
        const { on, store, account, owner } = fixture;
        const key = newKey(on, owner, { expiresAt: inDays(90) });
        await changed(store, contextOf(account.id), (change) => change.keys.create(key));
        const stored = await readKey(fixture, key.id);
        const rotate = async (now: Instant, previousEndsAt: Instant, hint: string) => {
          const secret = on.secretFor(key);
          const to = { secret, hint, expiresAt: inDays(100), previousEndsAt, isEnabling: false };
          const committed = await changed(store, contextOf(account.id, { now }), (change) =>
            change.keys.rotate(stored, to),
          );
          return { digest: secret.digest, key: committed.value };
        };
        const second = await rotate(NOW, inDays(7), 'second');
        expect(second.key).toMatchObject({ hint: 'second', rotation: { rotatedAt: NOW, previousEndsAt: inDays(7) } });
        expect(await feedSecrets(fixture, key.id)).toEqual([inDays(7), inDays(100)]);
        const third = await rotate(inDays(1), inDays(8), 'third');
        expect(await feedSecrets(fixture, key.id)).toEqual([inDays(1), inDays(8), inDays(100)]);
        expect(await readKey(fixture, key.id)).toEqual(third.key);
        await store.read(async (reader) => {
          const found = await Promise.all(
            [key.secret.digest, second.digest, third.digest].map((digest) => reader.keys.findByDigest(digest)),
          );
          expect(found.map((secret) => [secret?.key.id, secret?.isCurrent, secret?.endsAt])).toEqual([
            [key.id, false, inDays(1)],
            [key.id, false, inDays(8)],
            [key.id, true, null],
          ]);
        });
        const finish = async (now: Instant) =>
          (await changed(store, contextOf(account.id, { now }), (change) => change.keys.finishRotation(stored))).value;
        expect(await finish(inDays(2))).toBe('finished');
        expect(await feedSecrets(fixture, key.id)).toEqual([inDays(1), inDays(2), inDays(100)]);
        expect(await finish(inDays(2))).toBe('no-overlap');
      }));

    test('a rotation by the owner enables a key that a promotion has disabled (U3, X5)', () =>
      withFixture(opener, async (fixture) => {
        const { on, store, account } = fixture;
        const key = await createKey(fixture);
        const rotated = await changed(store, contextOf(account.id), async (change) => {
          await change.keys.disable(key, 'promotion');
          // The command still holds the key as it was before; what counts is what the change has done since.
          const to = { secret: on.secretFor(key), hint: 'new', expiresAt: null, previousEndsAt: NOW, isEnabling: true };
          return change.keys.rotate(key, to);
        });
        expect(rotated.value.disabledAt).toBeNull();
        expect(await readKey(fixture, key.id)).toEqual(rotated.value);
        const names = rotated.entries.map((entry) => JSON.parse(entry.record ?? 'null').disabled_at);
        expect(names).toEqual([NOW, null]);
      }));

    test('an edit changes what it names and nothing else, and its event says from what to what (A3)', () =>
      withFixture(opener, async (fixture) => {
        const { store, account } = fixture;
        const key = await createKey(fixture, { metadata: { a: 1 }, rateLimit: { requests: 1, perSeconds: 1 } });
        await changed(store, contextOf(account.id), (change) =>
          change.keys.edit(key, { name: 'renamed', permissions: [], rateLimit: null }),
        );
        expect(await readKey(fixture, key.id)).toEqual({ ...key, name: 'renamed', permissions: [], rateLimit: null });
        const { items } = await store.read((reader) =>
          reader.events.list({ accountId: account.id, visibleTo: null }, { cursor: null, limit: 1 }),
        );
        expect(items[0]?.changes).toEqual([
          { attribute: 'name', old: 'nightly import', new: 'renamed' },
          { attribute: 'permissions', old: null, new: [] },
          { attribute: 'rate_limit', old: { requests: 1, per_seconds: 1 }, new: null },
        ]);
      }));

    test('descendants are found through deleted keys too, and only in their account (K14)', () =>
      withFixture(opener, async (fixture) => {
        const { store, account } = fixture;
        const root = await createKey(fixture);
        const child = await createKey(fixture, { createdByKeyId: root.id });
        const grandchild = await createKey(fixture, { createdByKeyId: child.id });
        await createKey(fixture);
        await changed(store, contextOf(account.id), (change) => change.keys.delete(child));
        const idsOf = async (accountId = account.id) =>
          (await store.read((reader) => reader.keys.descendants(accountId, root.id))).map((key) => key.id);
        expect(await idsOf()).toEqual([grandchild.id]);
        expect(await idsOf(newAccount(fixture.on).id)).toEqual([]);
      }));

    test("another account's key is as absent as one that never was (T1)", () =>
      withFixture(opener, async (fixture) => {
        const { on, store } = fixture;
        const key = await createKey(fixture);
        const other = newAccount(on);
        const stranger = newUser(on, other.id, { userType: 'owner' });
        await changed(store, contextOf(null), async (change) => {
          await change.accounts.create(other);
          await change.users.create(stranger, null);
        });
        expect(await store.read((reader) => reader.keys.find(other.id, key.id))).toBeNull();
        const filter = { accountId: other.id, ownerIds: null, now: NOW, reminderDays: 30 };
        expect((await store.read((reader) => reader.keys.list(filter, { cursor: null, limit: 10 }))).items).toEqual([]);
      }));

    test('keys are counted by owner (K3)', () =>
      withFixture(opener, async (fixture) => {
        const user = await createUser(fixture);
        await createKey(fixture);
        await createKey(fixture, { ownerId: user.id });
        await createKey(fixture, { ownerId: user.id, kind: 'write_only' });
        const counts = await fixture.store.read(async (reader) => [
          await reader.keys.countOf(fixture.owner.id),
          await reader.keys.countOf(user.id),
          await reader.keys.countOf(newUser(fixture.on, fixture.account.id).id),
        ]);
        expect(counts).toEqual([1, 2, 0]);
      }));

    test('uses are kept without an event, and a late one never puts an earlier time (D13)', () =>
      withFixture(opener, async (fixture) => {
        const { store, account } = fixture;
        const key = await createKey(fixture);
        const { n } = await store.head();
        await store.flush({ uses: [{ keyId: key.id, at: plusMs(NOW, 10) }], storable: NOW });
        await store.flush({ uses: [{ keyId: key.id, at: plusMs(NOW, 5) }], storable: NOW });
        expect((await readKey(fixture, key.id)).lastUsedAt).toBe(NOW + 10);
        await changed(store, contextOf(account.id), (change) => change.keys.edit(key, { name: 'renamed' }));
        expect((await readKey(fixture, key.id)).lastUsedAt).toBe(NOW + 10);
        expect((await store.head()).n).toBe(n + 1);
      }));
  });
}
