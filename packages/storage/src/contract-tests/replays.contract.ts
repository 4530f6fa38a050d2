import { formatVersion, ok, plusMs, refuse } from '@claviger/core';
import { describe, expect, test } from 'vitest';
import type { ReplaySlot } from '../store.ts';
import { changed, createKey, type DatabaseOpener, withFixture } from './database.ts';
import { contextOf, inDays, newKey, NOW } from './installation.ts';

const SLOT: ReplaySlot = {
  credentialId: 'ses_1',
  route: 'POST /v1/keys',
  keyMac: 'mac of the key',
  bodyMac: 'mac of the body',
  expiresAt: inDays(1),
  answerOf: (value, version) => ({
    status: 201,
    body: JSON.stringify({ value }),
    version: version === null ? null : formatVersion(version),
  }),
};

/** Idempotent requests. */
export function replayContract(opener: DatabaseOpener): void {
  describe('idempotency records', () => {
    test('the answer is kept with the change it answers, version and all, until it is over', () =>
      withFixture(opener, async ({ on, store, account, owner }) => {
        const context = contextOf(account.id, { replay: SLOT });
        const committed = await changed(store, context, (change) => change.keys.create(newKey(on, owner)));
        const version = committed.version === null ? null : formatVersion(committed.version);
        const found = await store.read((reader) => reader.findReplay(SLOT, NOW));
        expect(found).toEqual({ bodyMac: SLOT.bodyMac, answer: { status: 201, body: '{"value":"created"}', version } });
        await store.read(async (reader) => {
          expect(await reader.findReplay(SLOT, plusMs(SLOT.expiresAt, -1))).toEqual(found);
          expect(await reader.findReplay(SLOT, SLOT.expiresAt)).toBeNull();
          expect(await reader.findReplay({ ...SLOT, credentialId: 'ses_2' }, NOW)).toBeNull();
          expect(await reader.findReplay({ ...SLOT, route: 'POST /v1/users' }, NOW)).toBeNull();
          expect(await reader.findReplay({ ...SLOT, keyMac: 'other' }, NOW)).toBeNull();
        });
      }));

    test('a change that recorded nothing keeps its answer too', () =>
      withFixture(opener, async (fixture) => {
        const key = await createKey(fixture);
        const context = contextOf(fixture.account.id, { replay: SLOT });
        const committed = await changed(fixture.store, context, (change) => change.keys.enable(key));
        expect(committed.version).toBeNull();
        const found = await fixture.store.read((reader) => reader.findReplay(SLOT, NOW));
        expect(found?.answer).toEqual({ status: 201, body: '{"value":"not-disabled"}', version: null });
      }));

    test('a refusal or a throw keeps no answer', () =>
      withFixture(opener, async ({ store, account }) => {
        const context = contextOf(account.id, { replay: SLOT });
        await store.change(context, async () => refuse('no'));
        const broken = store.change(context, async () => {
          throw new Error('in the middle');
        });
        await expect(broken).rejects.toThrow('in the middle');
        expect(await store.read((reader) => reader.findReplay(SLOT, NOW))).toBeNull();
      }));

    test('a slot that is taken refuses the whole change; one that is over gives way', () =>
      withFixture(opener, async ({ on, store, account, owner }) => {
        const create = (now = NOW) =>
          store.change(
            contextOf(account.id, { replay: { ...SLOT, expiresAt: plusMs(now, 1_000) }, now }),
            async (change) => ok(await change.keys.create(newKey(on, owner))),
          );
        await create();
        const { n } = await store.head();
        await expect(create()).rejects.toMatchObject({ name: 'StoreFault', kind: 'replay-taken' });
        expect((await store.head()).n).toBe(n);
        expect(await store.read((reader) => reader.keys.countOf(owner.id))).toBe(1);
        await create(plusMs(NOW, 1_000));
        expect((await store.head()).n).toBe(n + 1);
      }));

    test('a change finds the record of the one before it, inside its own transaction', () =>
      withFixture(opener, async ({ store, account }) => {
        const context = contextOf(account.id, { replay: SLOT });
        await changed(store, context, async () => 'first');
        const second = await store.change(contextOf(account.id), async (change) =>
          refuse(await change.read.findReplay(SLOT, NOW)),
        );
        expect(second).toMatchObject({ ok: false, refusal: { answer: { body: '{"value":"first"}' } } });
      }));

    test('records that are over are dropped by the next flush, others stay', () =>
      withFixture(opener, async ({ database, store, account }) => {
        await changed(store, contextOf(account.id, { replay: SLOT }), async () => 'first');
        const other = { ...SLOT, keyMac: 'other', expiresAt: inDays(2) };
        await changed(store, contextOf(account.id, { replay: other }), async () => 'second');
        await store.flush({ uses: [], storable: inDays(1) });
        expect(await database.execute('select key_mac from idempotency_records')).toEqual([{ key_mac: 'other' }]);
      }));
  });
}
