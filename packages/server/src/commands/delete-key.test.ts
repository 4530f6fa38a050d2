import assert from 'node:assert/strict';
import { DAY_MS, lifespan } from '@claviger/core';
import { openSqlite } from '@claviger/storage';
import { afterAll, beforeAll, test } from 'vitest';
import { deleteKey } from './delete-key.ts';
import { disableKey } from './disable-key.ts';
import { findKey } from './find-key.ts';
import { listKeys } from './list-keys.ts';
import { testKey } from './test-key.ts';
import { type Installation, openInstallation } from './testing/installation.ts';
import { openScene } from './testing/scene.ts';

let installation: Installation;
beforeAll(async () => {
  installation = await openInstallation('delete-key', openSqlite);
});
afterAll(() => installation.close());

test('a deleted key is gone from every list at once, and only events remain (K10)', async () => {
  const scene = await openScene(installation);
  const made = await scene.give('rita');
  const { names, events } = await scene.done(deleteKey(scene.deps, await scene.as('rita'), made.key.id));
  assert.deepEqual(names, ['key.deleted']);
  assert.equal(events[0]?.affected_user_id, made.key.ownerId);
  const rita = await scene.as('rita');
  const gone = { kind: 'key-not-found', keyId: made.key.id };
  assert.deepEqual(await scene.refused(findKey(scene.deps, rita, made.key.id)), gone);
  assert.deepEqual((await scene.answered(listKeys(scene.deps, rita, { page: { cursor: null, limit: 20 } }))).items, []);
  assert.equal((await scene.answered(testKey(scene.deps, rita, { key: made.secret }))).code, 'not_found');
  assert.deepEqual(await scene.refused(deleteKey(scene.deps, rita, made.key.id)), gone);
});

test('dead and disabled keys are deleted like living ones (X2, X3)', async () => {
  const scene = await openScene(installation);
  const aged = await scene.give('rita', { lifespan: lifespan(1) });
  const disabled = await scene.give('rita');
  await scene.done(disableKey(scene.deps, await scene.as('rita'), disabled.key.id));
  scene.pass(DAY_MS);
  for (const { key } of [aged, disabled]) {
    assert.deepEqual((await scene.done(deleteKey(scene.deps, await scene.as('rita'), key.id))).names, ['key.deleted']);
  }
});

test('only who manages a key deletes it; for all others it does not exist (K9)', async () => {
  const scene = await openScene(installation);
  const ritas = await scene.give('rita');
  const adas = await scene.give('ada');
  const olgas = await scene.give('olga');
  const foreign = await (await openScene(installation)).give('rita');
  const cases = [
    ['rob', ritas],
    ['adam', adas],
    ['adam', olgas],
    ['rita', adas],
    ['olga', foreign],
  ] as const;
  for (const [name, { key }] of cases) {
    const refusal = await scene.refused(deleteKey(scene.deps, await scene.as(name), key.id));
    assert.deepEqual(refusal, { kind: 'key-not-found', keyId: key.id });
  }
});
