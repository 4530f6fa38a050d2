import { headText, type Instant, instant, ok, plusMs, refuse } from '@claviger/core';
import { describe, expect, test } from 'vitest';
import { dump, storedEvents, walkChain } from './chain-reading.ts';
import { changed, createKey, type DatabaseOpener, type Fixture, readKey, withFixture } from './database.ts';
import {
  contextOf,
  inDays,
  newAccount,
  newInternalKey,
  newKey,
  newPolicy,
  newSession,
  newUser,
  NOW,
  ORIGIN,
} from './installation.ts';

/** One change of every kind, each under the version it should get. */
async function changeEverything(fixture: Fixture): Promise<readonly string[]> {
  const { on, store, account, owner } = fixture;
  const user = newUser(on, account.id);
  const policy = newPolicy(on, account.id);
  const key = newKey(on, user);
  const session = newSession(on, user);
  const internal = newInternalKey(on);
  const later = contextOf(account.id, { now: inDays(1), storable: inDays(1) });
  const names: string[] = [];
  const step = async (name: string | readonly string[], work: Parameters<typeof changed>[2]): Promise<void> => {
    const { n } = await store.head();
    const committed = await changed(store, later, work);
    names.push(...[name].flat());
    expect(committed.version).toEqual({ epoch: 1, n: n + [name].flat().length });
    expect(committed.entries.map((entry) => entry.n)).toEqual([name].flat().map((_, index) => n + index + 1));
  };
  await step('expiration_policy.changed', (change) =>
    change.accounts.changeExpirationPolicy(account, { ...account.expiration, usersMayOnlyShorten: true }),
  );
  await step('reminder_settings.changed', (change) =>
    change.accounts.changeReminders(account, { reminderDays: 14, reminderSteps: [7, 1, 0] }),
  );
  await step('user.created', (change) => change.users.create(user, null));
  await step('user.changed', (change) => change.users.edit(user, { name: 'Bea' }));
  await step('user.type_changed', (change) => change.users.changeType(user, 'administrator'));
  await step('user.disabled', (change) => change.users.disable(user));
  await step('user.enabled', (change) => change.users.enable(user));
  await step('expiration_policy.changed', (change) => change.users.changeExpirationPolicy(user, { master: null }));
  await step('key.created', (change) => change.keys.create(key));
  const created = await readKey(fixture, key.id);
  await step('key.changed', (change) => change.keys.edit(created, { name: 'hourly import' }));
  await step('key.disabled', (change) => change.keys.disable(created, 'request'));
  await step('key.enabled', (change) => change.keys.enable(created));
  const rotation = { secret: on.secretFor(key), hint: 'clv_master_4fQ2…Zz11', expiresAt: null, isEnabling: false };
  await step('key.rotated', (change) => change.keys.rotate(created, { ...rotation, previousEndsAt: inDays(3) }));
  await step('key.rotation_finished', (change) => change.keys.finishRotation(created));
  const end = { at: inDays(1), by: owner.id, reason: 'compromised', note: null } as const;
  await step('key.force_expired', (change) => change.keys.forceExpire(created, end));
  await step('key.deleted', (change) => change.keys.delete(created));
  await step('policy.created', (change) => change.policies.create(policy));
  await step('policy.changed', (change) => change.policies.edit(policy, { description: 'for the night' }));
  await step('policy.attached', (change) => change.policies.attach(policy, user));
  await step('policy.detached', (change) => change.policies.detach(policy, user));
  await changed(store, later, (change) => change.policies.attach(policy, user));
  names.push('policy.attached');
  await step(['policy.detached', 'policy.deleted'], (change) => change.policies.delete(policy));
  await step('session.created', (change) => change.sessions.create(session));
  await step('session.proven', (change) => change.sessions.prove(session));
  await step('session.ended', (change) => change.sessions.end(session));
  await step('internal_key.created', (change) => change.internalKeys.create(internal.key, internal.secret));
  await step('internal_key.bound', (change) => change.internalKeys.bind(internal.key.id, account.id));
  await step('internal_key.ended', (change) => change.internalKeys.end(internal.key.id));
  await step('access.denied', async (change) =>
    change.record({
      name: 'access.denied',
      affectedUserId: null,
      resourceId: null,
      keyKind: null,
      changes: [],
      result: 'refused',
    }),
  );
  return names;
}

/** Audit events and their chain. */
export function chainContract(opener: DatabaseOpener): void {
  describe('audit log', () => {
    test('every change writes its event under the next version, and the chain holds (A1, A4, D2)', () =>
      withFixture(opener, async (fixture) => {
        const names = await changeEverything(fixture);
        expect(await walkChain(fixture.database)).toEqual(['account.created', 'user.created', ...names]);
        const { epoch, n, hash } = await fixture.store.head();
        const [row] = await fixture.database.execute('select signature from feed_head');
        expect(fixture.on.deps.isSigned(headText({ epoch, version: n, hash }), String(row?.['signature']))).toBe(true);
      }));

    test('no event and no feed record of a change tells a secret, and no event a digest or a seal (A3)', () =>
      withFixture(opener, async (fixture) => {
        await changeEverything(fixture);
        const rows = await fixture.database.execute(
          'select digest, seal from key_secrets union all select digest, seal from internal_keys',
        );
        const passwords = await fixture.database.execute(
          'select password_hash from users where password_hash is not null',
        );
        const sessions = await fixture.database.execute('select digest from sessions');
        const kept = [...rows, ...passwords, ...sessions].flatMap((row) => Object.values(row).map(String));
        expect(kept.length).toBeGreaterThan(3);
        const events = (await storedEvents(fixture.database)).map((event) => JSON.stringify(event.columns)).join('\n');
        expect(kept.filter((text) => events.includes(text))).toEqual([]);
      }));

    test('a refusal leaves nothing behind, not even a number (A1)', () =>
      withFixture(opener, async ({ on, database, store, account, owner }) => {
        const before = await dump(database);
        const result = await store.change(contextOf(account.id), async (change) => {
          await change.keys.create(newKey(on, owner));
          await change.users.disable(owner);
          return refuse('no' as const);
        });
        expect(result).toEqual({ ok: false, refusal: 'no' });
        expect(await dump(database)).toBe(before);
      }));

    test('a throw leaves nothing behind, and the store goes on (A1)', () =>
      withFixture(opener, async ({ on, database, store, account, owner }) => {
        const before = await dump(database);
        const broken = store.change(contextOf(account.id), async (change) => {
          await change.keys.create(newKey(on, owner));
          throw new Error('in the middle');
        });
        await expect(broken).rejects.toThrow('in the middle');
        expect(await dump(database)).toBe(before);
        await changed(store, contextOf(account.id), (change) => change.keys.create(newKey(on, owner)));
        await walkChain(database);
      }));

    test('when the event cannot be written, nothing changes (A1)', () =>
      withFixture(opener, async ({ on, database, store, account, owner }) => {
        const key = newKey(on, owner);
        await database.execute('alter table feed_records rename to feed_records_away');
        await expect(changed(store, contextOf(account.id), (change) => change.keys.create(key))).rejects.toThrow();
        await database.execute('alter table feed_records_away rename to feed_records');
        expect(await store.read((reader) => reader.keys.find(account.id, key.id))).toBeNull();
        await changed(store, contextOf(account.id), (change) => change.keys.create(key));
        expect(await walkChain(database)).toEqual(['account.created', 'user.created', 'key.created']);
      }));

    test('what is already so writes nothing and has no version (A1)', () =>
      withFixture(opener, async (fixture) => {
        const { database, store, account, owner } = fixture;
        const key = await createKey(fixture);
        const before = await dump(database);
        const committed = await changed(store, contextOf(account.id), async (change) => {
          await change.keys.enable(key);
          await change.keys.edit(key, { name: key.name, allowedIps: [] });
          await change.users.changeType(owner, 'owner');
          await change.users.edit(owner, { name: owner.name });
          await change.users.changeExpirationPolicy(owner, {});
          await change.accounts.changeReminders(account, {
            reminderDays: account.reminderDays,
            reminderSteps: [7, 1, 0],
          });
          await change.accounts.changeExpirationPolicy(account, account.expiration);
          return 'same';
        });
        expect(committed).toEqual({ value: 'same', version: null, entries: [], ends: [] });
        expect(await dump(database)).toBe(before);
      }));

    test('the floor of decision time rises with what may be stored, and never sinks (E9)', () =>
      withFixture(opener, async (fixture) => {
        const { on, store, account, owner } = fixture;
        const floorAfter = async (storable: Instant): Promise<Instant> => {
          await changed(store, contextOf(account.id, { storable }), (change) => change.keys.create(newKey(on, owner)));
          return (await store.head()).floor;
        };
        expect(await floorAfter(plusMs(NOW, 5_000))).toBe(NOW + 5_000);
        expect(await floorAfter(instant(NOW - 1))).toBe(NOW + 5_000);
        await store.flush({ uses: [], storable: plusMs(NOW, 4_000) });
        expect((await store.head()).floor).toBe(NOW + 5_000);
        await store.flush({ uses: [], storable: plusMs(NOW, 6_000) });
        expect((await store.head()).floor).toBe(NOW + 6_000);
        expect(await floorAfter(NOW)).toBe(NOW + 6_000);
      }));

    test('nobody updates, deletes or overwrites an event, not even past the store (A4)', () =>
      withFixture(opener, async ({ database }) => {
        const before = await dump(database);
        await expect(database.execute("update audit_events set result = 'refused'")).rejects.toThrow(/append-only/);
        await expect(database.execute('delete from audit_events where version = 1')).rejects.toThrow(/append-only/);
        expect(await dump(database)).toBe(before);
      }));

    test('an event comes back as it was recorded, and harmless where an engine would change it (A3)', () =>
      withFixture(opener, async ({ database, store, account, owner }) => {
        const origin = { ...ORIGIN, userAgent: 'half \ud83d of a face, NUL \0', path: '/v1/ünï\u{1f511}' };
        const draft = {
          name: 'access.denied',
          affectedUserId: owner.id,
          resourceId: account.id,
          keyKind: null,
          changes: [{ attribute: 'name', old: null, new: 'NUL \0 and \ud83d' }],
          result: 'refused',
        } as const;
        const context = contextOf(account.id, { origin });
        const committed = await changed(store, context, async (change) => change.record(draft));
        const { items } = await store.read((reader) =>
          reader.events.list({ accountId: account.id, visibleTo: null }, { cursor: null, limit: 1 }),
        );
        expect(items).toEqual([
          {
            ...draft,
            id: items[0]?.id,
            epoch: 1,
            version: committed.version?.n,
            accountId: account.id,
            time: NOW,
            origin: { ...origin, userAgent: 'half \ufffd of a face, NUL \ufffd' },
          },
        ]);
        await walkChain(database);
      }));

    test('an account that is created in a change of the installation reads its own events (T2, A5)', () =>
      withFixture(opener, async ({ on, store }) => {
        const account = newAccount(on);
        const internal = newInternalKey(on, { accountIds: [account.id] });
        await store.change(contextOf(null), async (change) => {
          await change.accounts.create(account);
          await change.internalKeys.create(internal.key, internal.secret);
          return ok(null);
        });
        const page = await store.read((reader) =>
          reader.events.list({ accountId: account.id, visibleTo: null }, { cursor: null, limit: 10 }),
        );
        // Internal keys are nobody's business but the operator's (K11).
        expect(page.items.map((event) => event.name)).toEqual(['account.created']);
      }));
  });
}
