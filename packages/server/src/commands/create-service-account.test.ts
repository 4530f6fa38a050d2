import assert from 'node:assert/strict';
import { DAY_MS, lifespan, plusMs } from '@claviger/core';
import { openSqlite } from '@claviger/storage';
import { afterAll, beforeAll, test } from 'vitest';
import { changeExpirationPolicy } from './change-expiration-policy.ts';
import { createKey } from './create-key.ts';
import { createServiceAccount } from './create-service-account.ts';
import { testKey } from './test-key.ts';
import { type Installation, openInstallation } from './testing/installation.ts';
import { openScene, PLAIN_KEY } from './testing/scene.ts';

let installation: Installation;
beforeAll(async () => {
  installation = await openInstallation('create-service-account', openSqlite);
});
afterAll(() => installation.close());

test('a service account is a restricted user without sign-in, with one key of each kind, in one transaction (U6, K2)', async () => {
  const scene = await openScene(installation);
  const adam = await scene.as('adam');
  const { value, names } = await scene.done(createServiceAccount(scene.deps, adam, { name: 'CI', contacts: null }));
  assert.deepEqual(names, ['user.created', 'key.created', 'key.created']);
  const { user, keys } = value;
  assert.deepEqual([user.userType, user.email, user.isServiceAccount], ['restricted', null, true]);
  assert.deepEqual(user.contacts, [(await scene.person('adam')).id]);
  assert.deepEqual(await scene.find(user.id), user);
  assert.deepEqual(
    keys.map(({ key }) => key.kind),
    ['master', 'write_only'],
  );
  for (const { key, secret } of keys) {
    assert.equal(key.ownerId, user.id);
    assert.equal(key.createdBy, (await scene.person('adam')).id);
    assert.equal((await scene.answered(testKey(scene.deps, adam, { key: secret }))).code, 'allowed');
  }
});

test('its keys live by the policy in force and remember the key that made them (E7, K14)', async () => {
  const scene = await openScene(installation);
  const lifespans = { master: lifespan(10), write_only: lifespan(20) };
  await scene.done(changeExpirationPolicy(scene.deps, await scene.as('olga'), { lifespans }));
  const maker = await scene.give('olga');
  const byKey = await scene.asKey(maker);
  const { value } = await scene.done(createServiceAccount(scene.deps, byKey, { name: 'CI', contacts: [] }));
  assert.deepEqual(
    value.keys.map(({ key }) => key.expiresAt),
    [10, 20].map((days) => plusMs(scene.now, days * DAY_MS)),
  );
  assert.deepEqual(
    value.keys.map(({ key }) => key.createdByKeyId),
    [maker.key.id, maker.key.id],
  );
  assert.deepEqual(value.user.contacts, []);
});

test('which keys it gets is a setting of the account (K2)', async () => {
  for (const [defaultKeys, kinds] of [
    ['both', ['master', 'write_only']],
    ['write_only', ['write_only']],
    ['none', []],
  ] as const) {
    const scene = await openScene(installation, {}, { defaultKeys });
    const olga = await scene.as('olga');
    const { value } = await scene.done(createServiceAccount(scene.deps, olga, { name: 'CI', contacts: [] }));
    assert.deepEqual(
      value.keys.map(({ key }) => key.kind),
      kinds,
    );
  }
});

test('it manages its own keys and nobody else: it is a restricted user (U3, U6)', async () => {
  const scene = await openScene(installation);
  const input = { name: 'CI', contacts: [] };
  const { keys } = (await scene.done(createServiceAccount(scene.deps, await scene.as('adam'), input))).value;
  const [master] = keys;
  assert.ok(master !== undefined);
  const itself = await scene.asKey(master);
  const { value } = await scene.done(createKey(scene.deps, itself, PLAIN_KEY));
  assert.equal(value.key.ownerId, master.key.ownerId);
  assert.equal((await scene.refused(createServiceAccount(scene.deps, itself, input))).kind, 'not-allowed');
});

test('restricted users make none, and contacts must be people of this account (U6)', async () => {
  const scene = await openScene(installation);
  const rita = await scene.as('rita');
  const refusal = await scene.refused(createServiceAccount(scene.deps, rita, { name: 'CI', contacts: null }));
  assert.deepEqual(refusal, { kind: 'not-allowed', because: { rule: 'administrators-only' } });
  const { id } = await (await openScene(installation)).person('rita');
  const absent = await scene.refused(
    createServiceAccount(scene.deps, await scene.as('adam'), { name: 'CI', contacts: [id] }),
  );
  assert.deepEqual(absent, { kind: 'user-not-found', userId: id, pointer: '/contacts/0' });
});
