import assert from 'node:assert/strict';
import { DAY_MS, formatKeyText, lifespan, Secret } from '@claviger/core';
import { openSqlite } from '@claviger/storage';
import { afterAll, beforeAll, test } from 'vitest';
import { disableKey } from './disable-key.ts';
import { testKey } from './test-key.ts';
import { type Installation, openInstallation } from './testing/installation.ts';
import { type Name, onDatabase, openScene, type Scene } from './testing/scene.ts';

let installation: Installation;
beforeAll(async () => {
  installation = await openInstallation('test-key', openSqlite);
});
afterAll(() => installation.close());

async function tested(scene: Scene, name: Name, key: Secret) {
  return scene.answered(testKey(scene.deps, await scene.as(name), { key }));
}

test('a good key is told with what it may do at this moment (K5, K4)', async () => {
  const scene = await openScene(installation);
  await scene.policy([onDatabase('manage', 'sales')], 'rita');
  const made = await scene.give('rita', { kind: 'write_only' });
  const { code, shown, permissions } = await tested(scene, 'rita', made.secret);
  assert.equal(code, 'allowed');
  assert.deepEqual(shown?.key, made.key);
  assert.deepEqual(permissions, [onDatabase('import', 'sales')]);
});

test('the first thing that is wrong is told, at its very instant (E9)', async () => {
  const scene = await openScene(installation);
  const bound = await scene.give('rita', { allowedIps: ['10.0.0.0/8'] });
  assert.equal((await tested(scene, 'rita', bound.secret)).code, 'ip_not_allowed');
  const page = await scene.give('rita', { kind: 'write_only', allowedOrigins: ['https://shop.example'] });
  assert.equal((await tested(scene, 'rita', page.secret)).code, 'origin_not_allowed');
  const aged = await scene.give('rita', { lifespan: lifespan(1) });
  await scene.done(disableKey(scene.deps, await scene.as('rita'), aged.key.id));
  scene.pass(DAY_MS - 1);
  assert.equal((await tested(scene, 'rita', aged.secret)).code, 'disabled');
  scene.pass(1);
  const dead = await tested(scene, 'rita', aged.secret);
  assert.deepEqual([dead.code, dead.permissions], ['expired', []]);
});

test("for who does not manage it somebody else's key is as unknown as one that never was (K9)", async () => {
  const scene = await openScene(installation);
  const ritas = await scene.give('rita');
  const adas = await scene.give('ada');
  const foreign = await (await openScene(installation)).give('rita');
  const parts = { prefix: 'clv', kind: 'master', idCharacters: ritas.key.id.slice(4) } as const;
  const unknown = formatKeyText(parts, 'A'.repeat(33));
  const cases = [
    ['rob', ritas.secret],
    ['adam', adas.secret],
    ['olga', foreign.secret],
    ['rita', unknown],
  ] as const;
  const answers = [];
  for (const [name, secret] of cases) answers.push(await tested(scene, name, secret));
  for (const answer of answers) assert.deepEqual(answer, { code: 'not_found', shown: null, permissions: [] });
  assert.equal((await tested(scene, 'adam', ritas.secret)).code, 'allowed');
});

test('a malformed text depends on the text alone, and an internal one is unknown (K6, K11)', async () => {
  const scene = await openScene(installation);
  const { secret } = await scene.give('rita');
  const broken = new Secret(secret.reveal().slice(0, -1));
  assert.equal((await tested(scene, 'rob', broken)).code, 'malformed');
  const internal = formatKeyText({ prefix: 'clv', kind: 'internal', idCharacters: 'abcdefghijkl' }, 'B'.repeat(33));
  assert.equal((await tested(scene, 'olga', internal)).code, 'not_found');
});
