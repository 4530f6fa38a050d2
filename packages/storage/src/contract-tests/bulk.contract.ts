import { type ForcedExpiry, formatInstant, instant, lifespan, type KeyId, plusMs } from '@claviger/core';
import { describe, expect, test } from 'vitest';
import type { Key } from '../entities.ts';
import type { ExpiryChange, OutlineFilter } from '../store.ts';
import { changed, createKey, createUser, type DatabaseOpener, type Fixture, readKey, withFixture } from './database.ts';
import { contextOf, inDays, newKey, NOW } from './installation.ts';

/** More than one round of statements takes. */
const MANY = 260;

const shorten = ({ store, account }: Fixture, to: readonly ExpiryChange[]) =>
  changed(store, contextOf(account.id), (change) => change.keys.shortenExpiries({ accountId: account.id }, to));

const filterOf = ({ account }: Fixture, rest: Partial<OutlineFilter> = {}): OutlineFilter => ({
  accountId: account.id,
  ownerIds: null,
  createdUpTo: NOW,
  endingAfter: NOW,
  forcedSince: NOW,
  ...rest,
});

async function outlined(fixture: Fixture, rest: Partial<OutlineFilter> = {}): Promise<readonly KeyId[]> {
  const outlines = await fixture.store.read((reader) => reader.keys.outlines(filterOf(fixture, rest)));
  return outlines.map(({ id }) => id);
}

async function createMany(fixture: Fixture, count: number): Promise<readonly KeyId[]> {
  const keys = Array.from({ length: count }, () =>
    newKey(fixture.on, { accountId: fixture.account.id, id: fixture.owner.id }),
  );
  await changed(fixture.store, contextOf(fixture.account.id), async (change) => {
    for (const key of keys) await change.keys.create(key);
  });
  return keys.map(({ id }) => id);
}

/** Acts on many keys (E6, X6). */
export function bulkContract(opener: DatabaseOpener): void {
  describe('many keys at once', () => {
    test('ends move earlier together, with an event and a record each, in the order given (E6, A1)', () =>
      withFixture(opener, async (fixture) => {
        const ids = await createMany(fixture, MANY);
        const to = ids.map((keyId, serial) => ({ keyId, expiresAt: inDays(30 + (serial % 10)) }));
        const { entries, version } = await shorten(fixture, to);
        expect(entries.map((entry) => entry.subject_id)).toEqual(ids);
        expect(entries.at(-1)?.n).toBe(version?.n);
        for (const [serial, entry] of entries.entries()) {
          const expires_at = to[serial]?.expiresAt;
          expect(JSON.parse(entry.record ?? '')).toMatchObject({
            type: 'key',
            expires_at,
            secrets: [{ ends_at: expires_at }],
          });
        }
        const [first] = ids as [KeyId];
        expect((await readKey(fixture, first)).expiresAt).toBe(inDays(30));
        const filter = { accountId: fixture.account.id, visibleTo: null, keyId: first };
        const page = await fixture.store.read((reader) => reader.events.list(filter, { cursor: null, limit: 1 }));
        expect(page.items[0]).toMatchObject({
          name: 'key.expiry_shortened',
          affectedUserId: fixture.owner.id,
          keyKind: 'master',
          changes: [{ attribute: 'expires_at', old: null, new: formatInstant(inDays(30)) }],
        });
      }));

    test('no end moves later, and then none of the others moves (E4, E6)', () =>
      withFixture(opener, async (fixture) => {
        const key = await createKey(fixture, { expiresAt: inDays(10), lifespan: lifespan(10) });
        const other = await createKey(fixture);
        for (const days of [10, 11]) {
          const to = [
            { keyId: other.id, expiresAt: inDays(1) },
            { keyId: key.id, expiresAt: inDays(days) },
          ];
          await expect(shorten(fixture, to)).rejects.toThrow('would not end earlier');
        }
        expect([await readKey(fixture, key.id), await readKey(fixture, other.id)]).toEqual([key, other]);
      }));

    test('a replaced secret in its overlap ends with its key at the latest (E9, X5)', () =>
      withFixture(opener, async (fixture) => {
        const { store, account, on } = fixture;
        const [long, short] = [await createKey(fixture), await createKey(fixture)];
        const rotate = (key: Key, days: number) =>
          changed(store, contextOf(account.id), (change) =>
            change.keys.rotate(key, {
              secret: on.secretFor(key),
              hint: 'clv_master_newx…hint',
              expiresAt: null,
              previousEndsAt: inDays(days),
              isEnabling: false,
            }),
          );
        await rotate(long, 20);
        await rotate(short, 2);
        const to = [long, short].map(({ id: keyId }) => ({ keyId, expiresAt: inDays(5) }));
        const { entries } = await shorten(fixture, to);
        const secrets = entries.map((entry) => (JSON.parse(entry.record ?? '') as { secrets: unknown }).secrets);
        expect(secrets).toMatchObject([
          [{ ends_at: inDays(5) }, { ends_at: inDays(5) }],
          [{ ends_at: inDays(2) }, { ends_at: inDays(5) }],
        ]);
        const ends = [await readKey(fixture, long.id), await readKey(fixture, short.id)];
        expect(ends.map((key) => key.rotation?.previousEndsAt)).toEqual([inDays(5), inDays(2)]);
        const snapshot: unknown[] = [];
        for await (const part of store.feed.snapshot()) if (part.part === 'records') snapshot.push(...part.records);
        expect(snapshot).toEqual(expect.arrayContaining(entries.map((entry) => entry.record)));
      }));

    test('many keys end at once, each with its event; those that were ended before stay as they are (X2, X6)', () =>
      withFixture(opener, async (fixture) => {
        const { store, account, owner } = fixture;
        const ids = await createMany(fixture, MANY);
        const end = (at: number, reason: ForcedExpiry['reason']): ForcedExpiry => {
          return { at: instant(at), by: owner.id, reason, note: 'spring' };
        };
        const force = (some: readonly KeyId[], by: ForcedExpiry) =>
          changed(store, contextOf(account.id), (change) =>
            change.keys.forceExpireMany({ accountId: account.id, ids: some }, by),
          );
        const [first] = ids as [KeyId];
        expect((await force([first], end(NOW, 'compromised'))).value).toEqual([first]);
        const { value, ends, entries } = await force(ids, end(NOW + 1, 'no_longer_used'));
        expect(value).toEqual(ids.slice(1));
        expect(ends.map(({ keyId, how }) => [keyId, how])).toEqual(value.map((id) => [id, 'force_expired']));
        expect(entries).toHaveLength(MANY - 1);
        expect(JSON.parse(entries[0]?.record ?? '')).toMatchObject({ forced_at: NOW + 1 });
        expect((await readKey(fixture, first)).forcedExpiry).toEqual(end(NOW, 'compromised'));
        expect((await readKey(fixture, value[0] as KeyId)).forcedExpiry).toEqual(end(NOW + 1, 'no_longer_used'));
        expect((await force(ids, end(NOW + 2, 'other'))).version).toBeNull();
        expect(await store.endsAfter(null)).toHaveLength(MANY);
      }));

    test("another account's key is none of these (T1)", () =>
      withFixture(opener, async (fixture) => {
        const { store } = fixture;
        const key = await createKey(fixture);
        const stranger = 'acc_AAAAAAAAAAAAAAAAAAAA' as typeof fixture.account.id;
        const strange = changed(store, contextOf(stranger), (change) =>
          change.keys.shortenExpiries({ accountId: stranger }, [{ keyId: key.id, expiresAt: inDays(1) }]),
        );
        await expect(strange).rejects.toThrow('there is no key');
        expect(await outlined({ ...fixture, account: { ...fixture.account, id: stranger } })).toEqual([]);
      }));

    test(
      'outlines come oldest first, however many they are, and only those asked for',
      () =>
        withFixture(opener, async (fixture) => {
          const { store, account } = fixture;
          const rita = await createUser(fixture);
          const made = [
            await createKey(fixture, { createdAt: inDays(-3), kind: 'write_only' }),
            await createKey(fixture, { createdAt: inDays(-2), ownerId: rita.id }),
            await createKey(fixture, { createdAt: inDays(-1), expiresAt: plusMs(NOW, 1), lifespan: lifespan(1) }),
            await createKey(fixture, { createdAt: inDays(-1), expiresAt: NOW, lifespan: lifespan(1) }),
            await createKey(fixture, { createdAt: plusMs(NOW, 1) }),
          ];
          const [old, ritas, ending] = made.map(({ id }) => id) as [KeyId, KeyId, KeyId];
          expect(await outlined(fixture)).toEqual([old, ritas, ending]);
          expect(await outlined(fixture, { ownerIds: [rita.id] })).toEqual([ritas]);
          expect(await outlined(fixture, { ownerIds: [] })).toEqual([]);
          expect(await outlined(fixture, { kind: 'write_only' })).toEqual([old]);
          expect(await outlined(fixture, { unusedSince: inDays(-2) })).toEqual([old]);
          await store.flush({ uses: [{ keyId: old, at: inDays(-1) }], storable: NOW });
          expect(await outlined(fixture, { unusedSince: inDays(-1) })).toEqual([ritas]);
          const end: ForcedExpiry = { at: NOW, by: fixture.owner.id, reason: 'other', note: null };
          await changed(store, contextOf(account.id), (change) =>
            change.keys.forceExpireMany({ accountId: account.id, ids: [old] }, end),
          );
          expect(await outlined(fixture)).toEqual([old, ritas, ending]);
          expect(await outlined(fixture, { forcedSince: plusMs(NOW, 1) })).toEqual([ritas, ending]);
          const [outline] = await store.read((reader) => reader.keys.outlines(filterOf(fixture)));
          expect(outline).toMatchObject({ id: old, madeAt: inDays(-3), forcedAt: NOW, lastUsedAt: inDays(-1) });
          const many = await createMany(fixture, 2_500);
          expect(new Set(await outlined(fixture))).toEqual(new Set([old, ritas, ending, ...many]));
        }),
      60_000,
    );

    test('living keys are counted by the UTC day of their end, each at its boundary (E9)', () =>
      withFixture(opener, async (fixture) => {
        const { store, account, owner } = fixture;
        const rita = await createUser(fixture);
        const midnight = instant(Date.UTC(2026, 10, 24));
        const before = instant(Date.UTC(2026, 10, 25));
        const ends = [
          NOW,
          plusMs(NOW, 1),
          plusMs(midnight, -1),
          midnight,
          plusMs(before, -1),
          before,
          inDays(99),
          null,
        ];
        for (const expiresAt of ends) await createKey(fixture, { expiresAt });
        const write = await createKey(fixture, { kind: 'write_only', expiresAt: midnight, ownerId: rita.id });
        const forced = await createKey(fixture, { expiresAt: midnight });
        const end: ForcedExpiry = { at: NOW, by: owner.id, reason: 'other', note: null };
        await changed(store, contextOf(account.id), (change) => change.keys.forceExpire(forced, end));
        await store.flush({ uses: [{ keyId: write.id, at: NOW }], storable: NOW });
        const counts = async (rest: object = {}) => {
          const filter = { accountId: account.id, ownerIds: null, now: NOW, before, usedSince: NOW, ...rest };
          const counted = await store.read((reader) => reader.keys.countExpiries(filter));
          return new Set(counted.map(({ day, kind, keys, inUse }) => `${day} ${kind} ${keys} ${inUse}`));
        };
        const today = midnight / 86_400_000 - 1;
        const masters = [
          `${today} master 2 0`,
          `${today + 1} master 2 0`,
          `${today + 2} master 2 0`,
          'null master 1 0',
        ];
        const ritas = `${today + 1} write_only 1 1`;
        expect(await counts()).toEqual(new Set([...masters, ritas]));
        expect(await counts({ kind: 'master' })).toEqual(new Set(masters));
        expect(await counts({ ownerIds: [rita.id] })).toEqual(new Set([ritas]));
        expect(await counts({ ownerIds: [rita.id], usedSince: plusMs(NOW, 1) })).toEqual(
          new Set([`${today + 1} write_only 1 0`]),
        );
        expect(await counts({ ownerIds: [] })).toEqual(new Set());
        expect(await counts({ ownerIds: [rita.id, owner.id] })).toEqual(new Set([...masters, ritas]));
      }));

    test('users come in outline with their own lifespans (E3)', () =>
      withFixture(opener, async (fixture) => {
        const { store, account, owner } = fixture;
        const rita = await createUser(fixture);
        const policy = { master: lifespan(30), write_only: lifespan(null) };
        await changed(store, contextOf(account.id), (change) => change.users.changeExpirationPolicy(rita, policy));
        const outlines = await store.read((reader) => reader.users.outlines(account.id));
        expect(new Set(outlines)).toEqual(
          new Set([
            { id: owner.id, userType: 'owner', expiration: {} },
            { id: rita.id, userType: 'restricted', expiration: policy },
          ]),
        );
      }));
  });
}
