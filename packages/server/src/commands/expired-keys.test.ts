import assert from 'node:assert/strict';
import { DAY_MS, lifespan, statusOf } from '@claviger/core';
import { openSqlite } from '@claviger/storage';
import { afterAll, beforeAll, test } from 'vitest';
import { createKey } from './create-key.ts';
import { listKeys } from './list-keys.ts';
import { signIn } from './sign-in.ts';
import { type Installation, openInstallation } from './testing/installation.ts';
import { openScene, PLAIN_KEY, passwordOf } from './testing/scene.ts';

let installation: Installation;
beforeAll(async () => {
  installation = await openInstallation('expired-keys', openSqlite);
});
afterAll(() => installation.close());

test('keys of both kinds expire, and stay listed as expired (E8, E10)', async () => {
  const scene = await openScene(installation);
  const oneDay = { lifespan: lifespan(1) };
  const ids = [
    (await scene.give('rita', { ...oneDay, kind: 'master' })).key.id,
    (await scene.give('rita', { ...oneDay, kind: 'write_only' })).key.id,
  ];
  const statuses = async () => {
    const keys = await Promise.all(ids.map((id) => scene.key(id)));
    return keys.map((key) => (key === null ? 'gone' : statusOf(key, scene.now).kind));
  };
  scene.pass(DAY_MS - 1);
  assert.deepEqual(await statuses(), ['active', 'active']);
  scene.pass(1);
  assert.deepEqual(await statuses(), ['expired', 'expired']);
  const page = await scene.answered(
    listKeys(scene.deps, await scene.as('rita'), { status: 'expired', page: { cursor: null, limit: 20 } }),
  );
  assert.deepEqual(page.items.map(({ key }) => key.id).sort(), ids.sort());
});

test('a user whose keys have all expired signs in and creates a new one (E12)', async () => {
  const scene = await openScene(installation);
  await scene.give('rita', { lifespan: lifespan(1) });
  scene.pass(DAY_MS);
  const { email } = await scene.person('rita');
  const input = { email: email ?? '', password: passwordOf('rita') };
  const signedIn = await scene.done(signIn(scene.deps, scene.anonymous(), input));
  assert.deepEqual(signedIn.names, ['session.created']);
  const created = await scene.done(createKey(scene.deps, await scene.as('rita'), PLAIN_KEY));
  assert.equal(statusOf(created.value.key, scene.now).kind, 'active');
});
