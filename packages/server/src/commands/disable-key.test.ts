import assert from 'node:assert/strict';
import { DAY_MS, lifespan } from '@claviger/core';
import { openSqlite } from '@claviger/storage';
import { afterAll, beforeAll, test } from 'vitest';
import { disableKey } from './disable-key.ts';
import { enableKey } from './enable-key.ts';
import { rotateKey } from './rotate-key.ts';
import { testKey } from './test-key.ts';
import { type Installation, openInstallation } from './testing/installation.ts';
import { openScene } from './testing/scene.ts';

let installation: Installation;
beforeAll(async () => {
  installation = await openInstallation('disable-key', openSqlite);
});
afterAll(() => installation.close());

test('disabling stops a key with both its secrets, enabling starts it again, and its expiry stays (X4, X5)', async () => {
  const scene = await openScene(installation);
  const first = await scene.give('rita', { lifespan: lifespan(30) });
  const rita = await scene.as('rita');
  const { value: second } = await scene.done(rotateKey(scene.deps, rita, { keyId: first.key.id, overlapSeconds: 600 }));
  const codes = async () => {
    const tested = [first, second].map(({ secret }) => scene.answered(testKey(scene.deps, rita, { key: secret })));
    return (await Promise.all(tested)).map(({ code }) => code);
  };
  const disabled = await scene.done(disableKey(scene.deps, rita, first.key.id));
  assert.deepEqual(disabled.names, ['key.disabled']);
  assert.equal(disabled.value.key.disabledAt, scene.now);
  assert.equal(disabled.value.key.disabledReason, 'request');
  assert.deepEqual(await codes(), ['disabled', 'disabled']);
  const enabled = await scene.done(enableKey(scene.deps, rita, first.key.id));
  assert.deepEqual(enabled.names, ['key.enabled']);
  assert.deepEqual(enabled.value.key, { ...second.key, enabledAt: scene.now });
  assert.deepEqual(await codes(), ['allowed', 'allowed']);
});

test('what is asked for and already so changes nothing', async () => {
  const scene = await openScene(installation);
  const { key } = await scene.give('rita');
  const rita = await scene.as('rita');
  assert.deepEqual((await scene.done(enableKey(scene.deps, rita, key.id))).names, []);
  await scene.done(disableKey(scene.deps, rita, key.id));
  const again = await scene.done(disableKey(scene.deps, await scene.as('olga'), key.id));
  assert.deepEqual(again.names, []);
});

test('whoever manages a key may enable it, whoever disabled it (K9, X4)', async () => {
  const scene = await openScene(installation);
  const { key } = await scene.give('rita');
  await scene.done(disableKey(scene.deps, await scene.as('olga'), key.id));
  await scene.done(enableKey(scene.deps, await scene.as('adam'), key.id));
  await scene.done(disableKey(scene.deps, await scene.as('adam'), key.id));
  await scene.done(enableKey(scene.deps, await scene.as('rita'), key.id));
});

test('a key that is dead of age is neither disabled nor enabled, from the instant of its expiry on (E9)', async () => {
  const scene = await openScene(installation);
  const { key } = await scene.give('rita', { lifespan: lifespan(1) });
  scene.pass(DAY_MS - 1);
  await scene.done(disableKey(scene.deps, await scene.as('rita'), key.id));
  await scene.done(enableKey(scene.deps, await scene.as('rita'), key.id));
  scene.pass(1);
  const refusal = { kind: 'key-expired', keyId: key.id, at: key.expiresAt, by: 'lifespan' };
  assert.deepEqual(await scene.refused(disableKey(scene.deps, await scene.as('rita'), key.id)), refusal);
  assert.deepEqual(await scene.refused(enableKey(scene.deps, await scene.as('rita'), key.id)), refusal);
});

test('only who manages a key disables or enables it; for all others it does not exist (K9)', async () => {
  const scene = await openScene(installation);
  const ritas = await scene.give('rita');
  const adas = await scene.give('ada');
  const foreign = await (await openScene(installation)).give('rita');
  const cases = [
    ['rob', ritas],
    ['adam', adas],
    ['rita', adas],
    ['olga', foreign],
  ] as const;
  for (const [name, { key }] of cases) {
    for (const command of [disableKey, enableKey]) {
      const refusal = await scene.refused(command(scene.deps, await scene.as(name), key.id));
      assert.deepEqual(refusal, { kind: 'key-not-found', keyId: key.id });
    }
  }
});
