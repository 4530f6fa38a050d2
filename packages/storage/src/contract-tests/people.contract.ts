import { lifespan, plusMs, type SystemExpirationPolicy } from '@claviger/core';
import { describe, expect, test } from 'vitest';
import {
  changed,
  createKey,
  createPolicy,
  createUser,
  type DatabaseOpener,
  readUser,
  withFixture,
} from './database.ts';
import { readTail, recordsOf } from './feed-reading.ts';
import { contextOf, newAccount, newInstallation, newPolicy, newUser, NOW } from './installation.ts';

/** Accounts, users and policies. */
export function peopleContract(opener: DatabaseOpener): void {
  describe('accounts, users and policies', () => {
    test('an account comes back as it was created and changed (E2, R1)', () =>
      withFixture(opener, async ({ on, store }) => {
        const account = newAccount(on, { defaultKeys: 'none', hasManagementByKeys: false, reminderDays: 7 });
        const expiration: SystemExpirationPolicy = {
          lifespans: { master: lifespan(90), write_only: null },
          usersMayOnlyShorten: true,
        };
        await changed(store, contextOf(null), async (change) => {
          await change.accounts.create(account);
          await change.accounts.changeExpirationPolicy(account, expiration);
          await change.accounts.changeReminders(account, { reminderDays: 14, reminderSteps: [7, 1, 0] });
        });
        const found = await store.read((reader) => reader.accounts.find(account.id));
        expect(found).toEqual({ ...account, expiration, reminderDays: 14 });
        expect(await store.read((reader) => reader.accounts.find(newAccount(on).id))).toBeNull();
      }));

    test('a catalogue is replaced, and remembers the marks of what it took away (P3)', () =>
      withFixture(opener, async ({ on, store, account }) => {
        const write = { name: 'write', isIngestion: true, includes: [] };
        const read = { name: 'read', isIngestion: false, includes: ['write'] };
        const head = await store.head();
        const steps = [
          [{ name: 'queue', operations: [write, read] }],
          [{ name: 'queue', operations: [write] }],
          [{ name: 'queue', operations: [write, read] }],
          [],
        ];
        for (const step of steps) {
          await changed(store, contextOf(account.id), (change) => change.accounts.changeCatalogue(account, step));
          const found = await store.read((reader) => reader.accounts.find(account.id));
          expect(found?.catalogue).toEqual(step);
        }
        const asked = await changed(store, contextOf(account.id), (change) =>
          change.accounts.changeCatalogue(account, []),
        );
        expect(asked.version).toBeNull();
        const records = recordsOf(await readTail(store, head));
        expect(records.map((record) => record.type === 'account' && record.catalogue.length)).toEqual([1, 1, 1, 0]);
        const retired = await store.read((reader) => reader.catalogues.retired(account.id));
        const marks = retired.map(({ resourceType, operation, isIngestion }) => [resourceType, operation, isIngestion]);
        expect(marks).toEqual([
          ['database', 'download', false],
          ['database', 'edit', false],
          ['database', 'import', true],
          ['database', 'manage', false],
          ['database', 'query', false],
          ['queue', 'read', false],
          ['queue', 'write', true],
        ]);
        expect(await store.read((reader) => reader.catalogues.retired(newAccount(on).id))).toEqual([]);
        const filter = { accountId: account.id, visibleTo: null, eventName: 'resource_catalogue.changed' };
        const events = await store.read((reader) => reader.events.list(filter, { cursor: null, limit: 9 }));
        expect(events.items[2]?.changes).toEqual([
          {
            attribute: 'resource_types.queue',
            old: [
              { name: 'write', is_ingestion: true, includes: [] },
              { name: 'read', is_ingestion: false, includes: ['write'] },
            ],
            new: [{ name: 'write', is_ingestion: true, includes: [] }],
          },
        ]);
      }));

    test('who uses an operation is found: policies, and narrowed keys that are not dead (P3)', () =>
      withFixture(opener, async (fixture) => {
        const { store, account, owner } = fixture;
        const on = (operation: string) => ({ resourceType: 'database', operation, ids: ['*'] });
        const policy = await createPolicy(fixture, { permissions: [on('edit'), on('query')] });
        await createPolicy(fixture, { permissions: [{ ...on('query'), resourceType: 'queue' }] });
        const alive = await createKey(fixture, { permissions: [on('query')] });
        await createKey(fixture, { permissions: [on('import')] });
        await createKey(fixture, {});
        await createKey(fixture, { permissions: [on('query')], expiresAt: NOW });
        const ended = await createKey(fixture, { permissions: [on('query')] });
        const end = { at: NOW, by: owner.id, reason: 'other', note: null } as const;
        await changed(store, contextOf(account.id), (change) => change.keys.forceExpire(ended, end));
        await store.read(async ({ catalogues }) => {
          const operations = ['database:query', 'database:download'];
          expect(await catalogues.policiesUsing(account.id, operations, 5)).toEqual([policy.id]);
          const use = { accountId: account.id, operations, livingAt: NOW };
          expect(await catalogues.keysUsing(use, 5)).toEqual([alive.id]);
          expect(await catalogues.keysUsing({ ...use, operations: ['queue:query'] }, 5)).toEqual([]);
          expect(await catalogues.policiesUsing(newAccount(fixture.on).id, operations, 5)).toEqual([]);
        });
      }));

    test('a user comes back as they were created and changed (E3, U6)', () =>
      withFixture(opener, async (fixture) => {
        const { store, account, owner } = fixture;
        const robot = await createUser(fixture, {
          email: null,
          isServiceAccount: true,
          contacts: [owner.id],
          expiration: { master: lifespan(30), write_only: null },
        });
        expect(await readUser(fixture, robot.id)).toEqual(robot);
        await changed(store, contextOf(account.id), async (change) => {
          await change.users.edit(robot, { name: 'Loader', contacts: [] });
          await change.users.changeExpirationPolicy(robot, { write_only: lifespan(1) });
          await change.users.disable(robot);
        });
        const expected = { ...robot, name: 'Loader', contacts: [], expiration: { write_only: 1 }, disabledAt: NOW };
        expect(await readUser(fixture, robot.id)).toEqual(expected);
        await changed(store, contextOf(account.id), async (change) => {
          await change.users.enable(robot);
          await change.users.changeExpirationPolicy(robot, {});
        });
        expect(await readUser(fixture, robot.id)).toEqual({ ...expected, disabledAt: null, expiration: {} });
      }));

    test('an e-mail address belongs to one user of the installation, whatever its case (T1)', () =>
      withFixture(opener, async (fixture) => {
        const { on, store, account } = fixture;
        const ann = await createUser(fixture, { email: 'Ann.Émile@Example.com' });
        const other = newAccount(on);
        const taken = await changed(store, contextOf(null), async (change) => {
          await change.accounts.create(other);
          return change.users.create(newUser(on, other.id, { email: 'ann.éMILE@example.COM' }), 'hash');
        });
        expect(taken.value).toBe('email-taken');
        const found = await store.read((reader) => reader.users.findByEmail('ANN.ÉMILE@EXAMPLE.COM'));
        expect(found).toEqual({ ...ann, passwordHash: null });
        expect(await store.read((reader) => reader.users.findByEmail('nobody@example.com'))).toBeNull();
        expect(await store.read((reader) => reader.users.find(other.id, ann.id))).toBeNull();
        expect(await store.read((reader) => reader.users.find(account.id, ann.id))).toEqual(ann);
      }));

    test('service accounts have no address, and any number of them may (U6)', () =>
      withFixture(opener, async (fixture) => {
        await createUser(fixture, { email: null, isServiceAccount: true });
        await createUser(fixture, { email: null, isServiceAccount: true });
        const users = await fixture.store.read((reader) =>
          reader.users.list(fixture.account.id, null, { cursor: null, limit: 10 }),
        );
        expect(users.items).toHaveLength(3);
      }));

    test('a password hash is read by who may sign in only, and is in no user (U7)', () =>
      withFixture(opener, async ({ store, owner }) => {
        expect(await store.read((reader) => reader.users.passwordHashOf(owner.id))).toBe('argon2 of a password');
        expect(await store.read((reader) => reader.users.findByEmail(owner.email ?? ''))).toEqual({
          ...owner,
          passwordHash: 'argon2 of a password',
        });
      }));

    test('an account never has two Owners, whoever asks (U1)', () =>
      withFixture(opener, async (fixture) => {
        const { on, store, account } = fixture;
        const second = newUser(on, account.id, { userType: 'owner' });
        await expect(
          changed(store, contextOf(account.id), (change) => change.users.create(second, null)),
        ).rejects.toThrow();
        const user = await createUser(fixture);
        await changed(store, contextOf(account.id), async (change) => {
          await change.users.changeType(fixture.owner, 'administrator');
          await change.users.changeType(user, 'owner');
        });
        expect((await readUser(fixture, user.id)).userType).toBe('owner');
      }));

    test('restricted users are those whose type is restricted now (U3)', () =>
      withFixture(opener, async (fixture) => {
        const { store, account } = fixture;
        const [first, second] = [await createUser(fixture), await createUser(fixture)];
        await changed(store, contextOf(account.id), (change) => change.users.changeType(first, 'administrator'));
        expect(await store.read((reader) => reader.users.restrictedIds(account.id))).toEqual([second.id]);
      }));

    test('disabling and enabling say what happened, and happen once (U5)', () =>
      withFixture(opener, async (fixture) => {
        const user = await createUser(fixture);
        const { value } = await changed(fixture.store, contextOf(fixture.account.id), async (change) => [
          await change.users.enable(user),
          await change.users.disable(user),
          await change.users.disable(user),
          await change.users.enable(user),
          await change.users.enable(user),
        ]);
        expect(value).toEqual(['not-disabled', 'disabled', 'already-disabled', 'enabled', 'not-disabled']);
      }));

    test('policies are attached, detached and read through their users (P1, P5)', () =>
      withFixture(opener, async (fixture) => {
        const { on, store, account } = fixture;
        const user = await createUser(fixture);
        const [first, second] = [await createPolicy(fixture), await createPolicy(fixture, { description: 'two' })];
        const { value } = await changed(store, contextOf(account.id), async (change) => [
          await change.policies.attach(first, user),
          await change.policies.attach(first, user),
          await change.policies.attach(second, user),
          await change.policies.detach(second, user),
          await change.policies.detach(second, user),
        ]);
        expect(value).toEqual(['attached', 'already-attached', 'attached', 'detached', 'not-attached']);
        const read = await readUser(fixture, user.id);
        expect(read.policyIds).toEqual([first.id]);
        await store.read(async (reader) => {
          expect(await reader.policies.of(read)).toEqual([first]);
          expect(await reader.policies.usersOf(account.id, first.id)).toEqual([user.id]);
          expect(await reader.policies.usersOf(newAccount(on).id, first.id)).toEqual([]);
          expect(await reader.policies.find(account.id, second.id)).toEqual(second);
          expect(await reader.policies.find(newAccount(on).id, second.id)).toBeNull();
          expect(await reader.policies.find(account.id, newPolicy(on, account.id).id)).toBeNull();
        });
      }));

    test('a deleted policy is first detached from everybody, so that no verifier holds a user of a policy that is gone (P4)', () =>
      withFixture(opener, async (fixture) => {
        const { store, account } = fixture;
        const policy = await createPolicy(fixture);
        const users = [await createUser(fixture), await createUser(fixture)];
        await changed(store, contextOf(account.id), async (change) => {
          for (const user of users) await change.policies.attach(policy, user);
        });
        const { epoch, n, hash } = await store.head();
        await changed(store, contextOf(account.id), (change) => change.policies.delete(policy));
        const records = recordsOf(await readTail(store, { epoch, n, hash }));
        expect(records.map((record) => record.type)).toEqual(['user', 'user', 'policy_deleted']);
        expect(records.slice(0, 2)).toMatchObject([{ policy_ids: [] }, { policy_ids: [] }]);
        expect(await store.read((reader) => reader.policies.find(account.id, policy.id))).toBeNull();
      }));

    test('a sign-in link works once, and only the newest of a user does; a new password is kept without a trace (T1, A3)', () =>
      withFixture(opener, async ({ store, account, owner }) => {
        const linkOf = (digest: string) => ({
          digest,
          accountId: account.id,
          userId: owner.id,
          createdAt: NOW,
          endsAt: plusMs(NOW, 1),
          endedAt: null,
        });
        const [first, second] = [linkOf('a'.repeat(64)), linkOf('b'.repeat(64))];
        const { value } = await changed(store, contextOf(account.id), async (change) => {
          await change.signInLinks.create(first);
          await change.signInLinks.create(second);
          const outcomes = [];
          for (const link of [first, second, second]) outcomes.push(await change.signInLinks.redeem(link));
          await change.users.changePassword(owner, 'argon2 of another');
          return outcomes;
        });
        expect(value).toEqual(['already-ended', 'redeemed', 'already-ended']);
        await store.read(async ({ signInLinks, users, events }) => {
          expect(await signInLinks.findByDigest(second.digest)).toEqual({ ...second, endedAt: NOW });
          expect(await signInLinks.findByDigest('c'.repeat(64))).toBeNull();
          expect(await users.passwordHashOf(owner.id)).toBe('argon2 of another');
          const page = await events.list({ accountId: account.id, visibleTo: null }, { cursor: null, limit: 4 });
          expect(page.items.map(({ name, changes }) => [name, changes.length])).toEqual([
            ['user.password_changed', 0],
            ['sign_in_link.redeemed', 1],
            ['sign_in_link.created', 1],
            ['sign_in_link.created', 1],
          ]);
        });
      }));

    test('the accounts of an installation are listed newest first, page by page (T1)', () =>
      withFixture(opener, async ({ on, store, account }) => {
        const later = newAccount(on, { createdAt: plusMs(NOW, 1) });
        await changed(store, contextOf(null), (change) => change.accounts.create(later));
        await store.read(async ({ accounts }) => {
          const first = await accounts.list({ cursor: null, limit: 1 });
          const second = await accounts.list({ cursor: first.nextCursor, limit: 1 });
          expect([...first.items, ...second.items]).toEqual([later, account]);
          expect(second.nextCursor).toBeNull();
        });
      }));

    test('an installation knows whether it has an account (T2)', async () => {
      const database = await opener();
      try {
        const on = newInstallation();
        const store = await database.open(on.deps);
        expect(await store.read((reader) => reader.accounts.exist())).toBe(false);
        await changed(store, contextOf(null), (change) => change.accounts.create(newAccount(on)));
        expect(await store.read((reader) => reader.accounts.exist())).toBe(true);
        await store.close();
      } finally {
        await database.dispose();
      }
    });
  });
}
