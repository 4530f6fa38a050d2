import assert from 'node:assert/strict';
import { hintOf, internalKeyIdOf, Secret } from '@claviger/core';
import { openSqlite, sealedInternalKey } from '@claviger/storage';
import { afterEach, beforeEach, test } from 'vitest';
import type { AnonymousContext } from './deps.ts';
import { findKey } from './find-key.ts';
import { type SetUpInput, setUp } from './set-up.ts';
import { signIn } from './sign-in.ts';
import { type Installation, openInstallation } from './testing/installation.ts';
import { START } from './testing/scene.ts';

let installation: Installation;
beforeEach(async () => {
  installation = await openInstallation('set-up', openSqlite);
});
afterEach(() => installation.close());

const INPUT: SetUpInput = {
  accountName: 'Acme',
  owner: { email: 'olga@example.com', name: 'Olga', password: new Secret('correct horse battery') },
};

const CONTEXT: AnonymousContext = {
  change: {
    origin: {
      actor: { kind: 'unknown' },
      ipAddress: '203.0.113.7',
      userAgent: 'tests',
      httpMethod: 'POST',
      path: '/v1/setup',
      requestId: null,
    },
    now: START,
    storable: START,
    replay: null,
  },
};

test('set-up makes account, Owner, one key of each kind and a session, in one transaction (T2, K2, U1)', async () => {
  const outcome = await setUp(installation.deps, CONTEXT, INPUT);
  assert.ok(outcome.ok);
  const { account, user, keys, session } = outcome.value.value;
  const events = installation.eventsAfter(0);
  assert.deepEqual(
    events.map((event) => event.event_name),
    ['account.created', 'user.created', 'key.created', 'key.created', 'session.created'],
  );
  for (const event of events) assert.equal(event.account_id, account.id);
  assert.deepEqual([user.userType, user.email, user.accountId], ['owner', 'olga@example.com', account.id]);
  assert.deepEqual(
    keys.map(({ key }) => key.kind),
    ['master', 'write_only'],
  );
  assert.deepEqual([account.defaultKeys, account.reminderDays, account.hasManagementByKeys], ['both', 30, true]);
  assert.deepEqual(account.expiration, { lifespans: { master: null, write_only: null }, usersMayOnlyShorten: false });
  assert.deepEqual(await installation.store.read((reader) => reader.accounts.find(account.id)), account);
  assert.deepEqual(await installation.store.read((reader) => reader.users.find(account.id, user.id)), user);
  assert.equal(session.provenAt, START);
});

test('keys made at set-up count as created by their owner (U3)', async () => {
  const outcome = await setUp(installation.deps, CONTEXT, INPUT);
  assert.ok(outcome.ok);
  const { user, keys } = outcome.value.value;
  for (const { key, secret } of keys) {
    assert.deepEqual([key.createdBy, key.createdByKeyId, key.ownerId], [user.id, null, user.id]);
    assert.equal(key.hint, hintOf(secret));
  }
});

test('its session is a session: it signs calls, and its token is 43 characters kept nowhere (U7)', async () => {
  const outcome = await setUp(installation.deps, CONTEXT, INPUT);
  assert.ok(outcome.ok);
  const { account, user, keys, session, token } = outcome.value.value;
  assert.match(token.reveal(), /^[0-9A-Za-z_-]{43}$/);
  const digest = installation.deps.digestOf(token);
  assert.deepEqual(await installation.store.read((reader) => reader.sessions.findByDigest(digest)), session);
  const credential = { kind: 'session', sessionId: session.id, provenAt: session.provenAt } as const;
  const context = { ...CONTEXT, caller: { accountId: account.id, user, credential } };
  const [master] = keys;
  assert.ok(master !== undefined);
  assert.ok((await findKey(installation.deps, context, master.key.id)).ok);
});

test('set-up works once, however often and however many at a time it is tried (T2)', async () => {
  const founders = ['ann', 'bob', 'cyd', 'dee'].map((name) => ({ ...INPUT.owner, email: `${name}@example.com` }));
  const outcomes = await Promise.all(founders.map((owner) => setUp(installation.deps, CONTEXT, { ...INPUT, owner })));
  assert.equal(outcomes.filter((outcome) => outcome.ok).length, 1);
  const head = await installation.store.head();
  const other = { ...INPUT, owner: { ...INPUT.owner, email: 'eve@example.com' } };
  assert.deepEqual(await setUp(installation.deps, CONTEXT, other), { ok: false, refusal: { kind: 'set-up-done' } });
  assert.deepEqual(await installation.store.head(), head);
});

test('a fault in the middle of set-up leaves nothing behind, and set-up can be done after (A1)', async () => {
  const broken = { ...installation.deps, seal: (): string => assert.fail('the sealing key is gone') };
  await assert.rejects(setUp(broken, CONTEXT, INPUT), /sealing key is gone/);
  assert.deepEqual(installation.eventsAfter(0), []);
  assert.ok((await setUp(installation.deps, CONTEXT, INPUT)).ok);
});

test("the installation's verify key answers for the new account; feed keys and ended ones are left alone (T2, T1)", async () => {
  const idOf = (name: string) => internalKeyIdOf(name.padEnd(12, '0'));
  const kinds = [
    ['verify', 'one'],
    ['feed', 'two'],
    ['verify', 'three'],
  ] as const;
  const made = await installation.store.change({ ...CONTEXT.change, accountId: null }, async (change) => {
    for (const [purpose, name] of kinds) {
      const key = { id: idOf(name), purpose, accountIds: [], createdAt: START, endedAt: null };
      const digest = installation.deps.digestOf(new Secret(name));
      await change.internalKeys.create(key, { digest, seal: installation.deps.seal(sealedInternalKey(key, digest)) });
    }
    await change.internalKeys.end(idOf('three'));
    return { ok: true, value: null };
  });
  assert.ok(made.ok);
  const outcome = await setUp(installation.deps, CONTEXT, INPUT);
  assert.ok(outcome.ok);
  const keys = await installation.store.read((reader) => reader.internalKeys.list());
  const bound = new Map(keys.map((key) => [key.id, key.accountIds]));
  assert.deepEqual(bound.get(idOf('one')), [outcome.value.value.account.id]);
  assert.deepEqual(bound.get(idOf('two')), []);
  assert.deepEqual(bound.get(idOf('three')), []);
  const names = installation.eventsAfter(0).map((event) => event.event_name);
  assert.equal(names.filter((name) => name.startsWith('internal_key.bound')).length, 1, names.join());
});

test('the Owner signs in with the password given at set-up, in any case of the address (U7)', async () => {
  assert.ok((await setUp(installation.deps, CONTEXT, INPUT)).ok);
  const right = { email: 'OLGA@example.com', password: INPUT.owner.password };
  assert.ok((await signIn(installation.deps, CONTEXT, right)).ok);
  assert.ok(!(await signIn(installation.deps, CONTEXT, { ...right, password: new Secret('guess') })).ok);
});
