import { lifespan } from '@claviger/core';
import { describe, expect, test } from 'vitest';
import { TABLES_OF_USERS } from '../user-deletion.ts';
import {
  changed,
  createKey,
  createPolicy,
  createUser,
  type DatabaseOpener,
  readUser,
  withFixture,
} from './database.ts';
import { readSnapshot, recordsOf } from './feed-reading.ts';
import { contextOf, newSession, newUser } from './installation.ts';

/** The tables with a column that names a user, as the database knows them. */
const TABLES_WITH_USERS = {
  sqlite: `select m.name as name from sqlite_master m join pragma_table_info(m.name) c
    where m.type = 'table' and c.name = 'user_id'`,
  postgres: `select table_name as name from information_schema.columns
    where table_schema = current_schema() and column_name = 'user_id'`,
};

/** Deleting users. */
export function userDeletionContract(opener: DatabaseOpener): void {
  describe('deleting a user', () => {
    test('takes all that hangs on the user first, with an event each, and tells verifiers last (U4, A1, D2)', () =>
      withFixture(opener, async (fixture) => {
        const { on, store, account } = fixture;
        const policy = await createPolicy(fixture);
        const user = await createUser(fixture, { expiration: { master: lifespan(30) } });
        const service = await createUser(fixture, {
          email: null,
          isServiceAccount: true,
          contacts: [fixture.owner.id, user.id],
        });
        const [live, over] = [newSession(on, user), newSession(on, user)];
        await changed(store, contextOf(account.id), async (change) => {
          await change.policies.attach(policy, user);
          await change.sessions.create(live);
          await change.sessions.create(over);
          await change.sessions.end(over);
        });
        const committed = await changed(store, contextOf(account.id), (change) => change.users.delete(user));
        const page = { cursor: null, limit: 4 };
        const { items } = await store.read((reader) =>
          reader.events.list({ accountId: account.id, visibleTo: null }, page),
        );
        expect(items.map(({ name, resourceId }) => [name, resourceId])).toEqual([
          ['user.deleted', user.id],
          ['user.changed', service.id],
          ['policy.detached', policy.id],
          ['session.ended', live.id],
        ]);
        expect(items[0]?.changes).toContainEqual({ attribute: 'name', old: user.name, new: null });
        expect(recordsOf(committed.entries)).toEqual([
          { type: 'none' },
          expect.objectContaining({ type: 'user', user_id: user.id, policy_ids: [] }),
          { type: 'none' },
          { type: 'user_deleted', account_id: account.id, user_id: user.id },
        ]);
        expect((await readUser(fixture, service.id)).contacts).toEqual([fixture.owner.id]);
        const { records } = await readSnapshot(store);
        expect(JSON.stringify(records)).not.toContain(user.id);
      }));

    test('frees the address and leaves nothing of the user but events (U4, T1)', () =>
      withFixture(opener, async (fixture) => {
        const { on, store, account } = fixture;
        const user = await createUser(fixture, { email: 'Ann@Example.com' });
        await changed(store, contextOf(account.id), (change) => change.users.delete(user));
        expect(await store.read((reader) => reader.users.find(account.id, user.id))).toBeNull();
        expect(await store.read((reader) => reader.users.findByEmail('ann@example.com'))).toBeNull();
        const next = newUser(on, account.id, { email: 'ann@example.com' });
        const { value } = await changed(store, contextOf(account.id), (change) => change.users.create(next, null));
        expect(value).toBe('created');
      }));

    test('is impossible while the user owns a key, whatever the command thought (U4)', () =>
      withFixture(opener, async (fixture) => {
        const { store, account } = fixture;
        const user = await createUser(fixture);
        await createKey(fixture, { ownerId: user.id });
        const before = await store.head();
        await expect(changed(store, contextOf(account.id), (change) => change.users.delete(user))).rejects.toThrow();
        expect(await store.head()).toEqual(before);
        expect(await readUser(fixture, user.id)).toEqual(user);
      }));

    test('empties every table that names users: a new one has to be thought of (U4)', () =>
      withFixture(opener, async ({ database, store }) => {
        const rows = await database.execute(TABLES_WITH_USERS[store.engine]);
        expect(rows.map(({ name }) => String(name)).toSorted()).toEqual([...TABLES_OF_USERS].toSorted());
      }));

    test('finds the service accounts whose contact somebody is, by the whole id and its case (U6)', () =>
      withFixture(opener, async (fixture) => {
        const { store, account } = fixture;
        const [ann, bob] = [await createUser(fixture), await createUser(fixture)];
        const service = await createUser(fixture, { email: null, isServiceAccount: true, contacts: [ann.id, bob.id] });
        await createUser(fixture, { email: null, isServiceAccount: true, contacts: [bob.id] });
        const withContact = (id: string) =>
          store.read((reader) => reader.users.withContact(account.id, id as typeof ann.id));
        expect(await withContact(ann.id)).toEqual([service]);
        expect(await withContact(ann.id.toUpperCase())).toEqual([]);
        expect(await withContact(ann.id.slice(0, -1))).toEqual([]);
        expect(
          await store.read((reader) =>
            reader.users.withContact(newUser(fixture.on, account.id).accountId, fixture.owner.id),
          ),
        ).toEqual([]);
      }));
  });
}
