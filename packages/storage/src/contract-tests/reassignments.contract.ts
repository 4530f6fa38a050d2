import { plusMs } from '@claviger/core';
import { describe, expect, test } from 'vitest';
import type { Key, KeyReassignment, User } from '../entities.ts';
import type { Committed } from '../store.ts';
import { changed, createUser, type DatabaseOpener, type Fixture, readKey, withFixture } from './database.ts';
import { readSnapshot, recordsOf } from './feed-reading.ts';
import { contextOf, newKey, NOW, sha256 } from './installation.ts';

const NARROWED = [{ resourceType: 'database', operation: 'query', ids: ['sales'] }];

function reassign(
  { on, store, account }: Fixture,
  key: Key,
  to: Partial<KeyReassignment> & Pick<KeyReassignment, 'ownerId'>,
): Promise<Committed<void>> {
  const whole = { permissions: null, isDisabling: false, seal: on.seal, ...to };
  return changed(store, contextOf(account.id), (change) => change.keys.reassign(key, whole));
}

/** A user with a key that was rotated, and somebody else. */
async function prepare(fixture: Fixture): Promise<{ key: Key; digests: readonly string[]; former: User; heir: User }> {
  const { on, store, account } = fixture;
  const [former, heir] = [await createUser(fixture), await createUser(fixture)];
  const made = newKey(on, former);
  const rotation = { secret: on.secretFor(made), hint: 'rotated', expiresAt: null, isEnabling: false };
  await changed(store, contextOf(account.id), async (change) => {
    await change.keys.create(made);
    const key = await change.read.keys.find(account.id, made.id);
    if (key !== null) await change.keys.rotate(key, { ...rotation, previousEndsAt: plusMs(NOW, 60_000) });
  });
  return {
    key: await readKey(fixture, made.id),
    digests: [made.secret.digest, rotation.secret.digest],
    former,
    heir,
  };
}

/** Keys that pass to another owner. */
export function reassignmentContract(opener: DatabaseOpener): void {
  describe('reassigning a key', () => {
    test('keeps every text: both secrets of an overlap are sealed anew for the new owner (U4, K7, X5)', () =>
      withFixture(opener, async (fixture) => {
        const { key, digests, heir } = await prepare(fixture);
        await reassign(fixture, key, { ownerId: heir.id, permissions: NARROWED });
        for (const digest of digests) {
          const found = await fixture.store.read((reader) => reader.keys.findByDigest(digest));
          expect(found?.key).toEqual({ ...key, ownerId: heir.id, permissions: NARROWED });
        }
        expect(fixture.on.broken).toEqual([]);
      }));

    test('tells verifiers of owner and narrowing in one record, and of nothing else (U4, D2)', () =>
      withFixture(opener, async (fixture) => {
        const { key, digests, heir } = await prepare(fixture);
        const { entries } = await reassign(fixture, key, { ownerId: heir.id, permissions: NARROWED });
        const record = expect.objectContaining({
          type: 'key',
          key_id: key.id,
          owner_id: heir.id,
          permissions: [{ resource_type: 'database', operation: 'query', ids: ['sales'] }],
          secrets: [expect.objectContaining({ digest: digests[0] }), expect.objectContaining({ digest: digests[1] })],
        });
        expect(recordsOf(entries)).toEqual([record]);
        expect((await readSnapshot(fixture.store)).records).toContainEqual(record);
      }));

    test('is an event of the new owner that names both owners (A1)', () =>
      withFixture(opener, async (fixture) => {
        const { key, former, heir } = await prepare(fixture);
        await reassign(fixture, key, { ownerId: heir.id });
        const filter = { accountId: fixture.account.id, visibleTo: heir.id, eventName: 'key.reassigned' };
        const { items } = await fixture.store.read((reader) => reader.events.list(filter, { cursor: null, limit: 5 }));
        expect(items).toMatchObject([
          { resourceId: key.id, changes: [{ attribute: 'owner_id', old: former.id, new: heir.id }] },
        ]);
      }));

    test('gives no seal to a row that somebody wrote into the database (K7)', () =>
      withFixture(opener, async (fixture) => {
        const { key, digests, heir } = await prepare(fixture);
        await fixture.database.execute(
          `insert into key_secrets select '${sha256('added')}', account_id, key_id, seal, hint, created_at, 99999999999999, 0
            from key_secrets where key_id = '${key.id}' and is_current = 1`,
        );
        const { entries } = await reassign(fixture, key, { ownerId: heir.id });
        const [record] = recordsOf(entries);
        expect(record?.type === 'key' && record.secrets.map(({ digest }) => digest)).toEqual(digests);
        expect(await fixture.store.read((reader) => reader.keys.findByDigest(sha256('added')))).toBeNull();
        expect(fixture.on.broken).toContain(key.id);
      }));

    test('of who was disabled disables the key; one that a promotion has disabled stays so (U3, U5)', () =>
      withFixture(opener, async (fixture) => {
        const { key, former, heir } = await prepare(fixture);
        await reassign(fixture, key, { ownerId: heir.id, isDisabling: true });
        expect(await readKey(fixture, key.id)).toMatchObject({ disabledAt: NOW, disabledReason: 'request' });
        await changed(fixture.store, contextOf(fixture.account.id), (change) => change.keys.disable(key, 'promotion'));
        for (const isDisabling of [true, false]) {
          await reassign(fixture, key, { ownerId: isDisabling ? former.id : heir.id, isDisabling });
          expect(await readKey(fixture, key.id)).toMatchObject({ disabledAt: NOW, disabledReason: 'promotion' });
        }
      }));
  });
}
