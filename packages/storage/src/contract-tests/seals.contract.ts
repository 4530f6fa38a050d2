import { describe, expect, test } from 'vitest';
import { changed, createKey, createUser, type DatabaseOpener, type Fixture, readKey, withFixture } from './database.ts';
import { readSnapshot, recordsOf } from './feed-reading.ts';
import { contextOf, newInternalKey, newKey, sha256 } from './installation.ts';

async function keyIdsInFeed({ store }: Fixture): Promise<readonly string[]> {
  const { records } = await readSnapshot(store);
  return records.flatMap((record) => (record.type === 'key' ? [record.key_id] : []));
}

/** All that is known of a key, beside its id. */
const COLUMNS = `account_id, owner_id, kind, name, hint, search_text, strength, created_at, created_by, created_by_key_id,
  lifespan_days, expires_at, disabled_at, disabled_reason, forced_at, forced_by, forced_reason, forced_note, permissions,
  allowed_ips, allowed_origins, rate_limit, metadata, last_used_at, rotated_at, previous_ends_at`;

/** Rows that somebody wrote or changed in the database. */
export function sealContract(opener: DatabaseOpener): void {
  describe('seals', () => {
    const tampered: readonly (readonly [string, (fixture: Fixture, id: string) => Promise<string>])[] = [
      [
        'owner',
        async (fixture, id) => `update keys set owner_id = '${(await createUser(fixture)).id}' where id = '${id}'`,
      ],
      ['kind', async (_, id) => `update keys set kind = 'master' where id = '${id}'`],
      ['digest', async (_, id) => `update key_secrets set digest = '${sha256('mine')}' where key_id = '${id}'`],
      ['account', async (_, id) => `update keys set account_id = 'acc_stranger' where id = '${id}'`],
      ['seal', async (_, id) => `update key_secrets set seal = '1:00' where key_id = '${id}'`],
      ['narrowing, so that it cannot be read', async (_, id) => `update keys set permissions = 'x' where id = '${id}'`],
    ];
    for (const [what, statement] of tampered) {
      test(`a key whose ${what} was changed in the database is no key, and an alarm (K7)`, () =>
        withFixture(opener, async (fixture) => {
          const good = await createKey(fixture);
          const bad = await createKey(fixture, { kind: 'write_only' });
          await fixture.database.execute(await statement(fixture, bad.id));
          expect(await keyIdsInFeed(fixture)).toEqual([good.id]);
          expect(fixture.on.broken).toContain(bad.id);
        }));
    }

    test('a key that somebody wrote into the database is no key: a seal of another key does not fit it (K7)', () =>
      withFixture(opener, async (fixture) => {
        const key = await createKey(fixture);
        await fixture.database.execute(
          `insert into keys (id, ${COLUMNS}) select 'key_forged000001', ${COLUMNS} from keys where id = '${key.id}'`,
        );
        await fixture.database.execute(
          `insert into key_secrets select '${sha256('forged')}', account_id, 'key_forged000001', seal, hint, created_at,
            ends_at, is_current from key_secrets where key_id = '${key.id}'`,
        );
        expect(await keyIdsInFeed(fixture)).toEqual([key.id]);
        expect(fixture.on.broken).toEqual(['key_forged000001']);
        expect(await fixture.store.read((reader) => reader.keys.findByDigest(sha256('forged')))).toBeNull();
      }));

    test('of a key with one forged secret the others still work (K7, X5)', () =>
      withFixture(opener, async (fixture) => {
        const { on, store, account, owner } = fixture;
        const key = newKey(on, owner);
        await changed(store, contextOf(account.id), (change) => change.keys.create(key));
        await fixture.database.execute(
          `insert into key_secrets select '${sha256('added')}', account_id, key_id, seal, hint, created_at, 99999999999999, 0
            from key_secrets where key_id = '${key.id}'`,
        );
        const { records } = await readSnapshot(store);
        expect(records.find((record) => record.type === 'key')).toMatchObject({
          secrets: [{ digest: key.secret.digest, ends_at: null }],
        });
        expect(on.broken).toEqual([key.id]);
      }));

    test('a later change of a tampered key ends it at the verifiers that still hold it (K7)', () =>
      withFixture(opener, async (fixture) => {
        const { store, account } = fixture;
        const key = await createKey(fixture, { kind: 'write_only' });
        await fixture.database.execute(`update keys set kind = 'master' where id = '${key.id}'`);
        const stored = await readKey(fixture, key.id);
        const committed = await changed(store, contextOf(account.id), (change) =>
          change.keys.edit(stored, { name: 'renamed' }),
        );
        expect(recordsOf(committed.entries)).toEqual([{ type: 'key_deleted', account_id: account.id, key_id: key.id }]);
      }));

    test('an internal key that was changed in the database is none (K7, K11)', () =>
      withFixture(opener, async (fixture) => {
        const { on, store } = fixture;
        const [good, bad] = [newInternalKey(on), newInternalKey(on)];
        await changed(store, contextOf(null), async (change) => {
          await change.internalKeys.create(good.key, good.secret);
          await change.internalKeys.create(bad.key, bad.secret);
        });
        await fixture.database.execute(`update internal_keys set purpose = 'feed' where id = '${bad.key.id}'`);
        const { records } = await readSnapshot(store);
        const ids = records.flatMap((record) => (record.type === 'internal_key' ? [record.internal_key_id] : []));
        expect(ids).toEqual([good.key.id]);
        expect(on.broken).toEqual([bad.key.id]);
        const committed = await changed(store, contextOf(null), (change) =>
          change.internalKeys.bind(bad.key.id, fixture.account.id),
        );
        expect(recordsOf(committed.entries)).toMatchObject([{ type: 'internal_key', is_ended: true }]);
      }));
  });
}
