import assert from 'node:assert/strict';
import { DEFAULT_CATALOGUE, FRESH_PROOF_MS, type ResourceCatalogue } from '@claviger/core';
import { openSqlite } from '@claviger/storage';
import { afterAll, beforeAll, test } from 'vitest';
import { changeCatalogue } from './change-catalogue.ts';
import { createPolicy } from './create-policy.ts';
import { forceExpireKey } from './force-expire-key.ts';
import { showCatalogue } from './show-catalogue.ts';
import { type Installation, openInstallation } from './testing/installation.ts';
import { onDatabase, openScene, type Scene } from './testing/scene.ts';

let installation: Installation;
beforeAll(async () => {
  installation = await openInstallation('catalogue', openSqlite);
});
afterAll(() => installation.close());

const [DATABASE] = DEFAULT_CATALOGUE;
const operation = (name: string, isIngestion = false, ...includes: string[]) => ({ name, isIngestion, includes });
const QUEUE = { name: 'queue', operations: [operation('push', true), operation('pull')] };

/** The catalogue of a new account without some operations. */
const without = (...names: readonly string[]): ResourceCatalogue => [
  {
    name: 'database',
    operations: (DATABASE?.operations ?? [])
      .filter(({ name }) => !names.includes(name))
      .map((of) => ({ ...of, includes: of.includes.filter((name) => !names.includes(name)) })),
  },
];

const change = async (scene: Scene, to: ResourceCatalogue) => changeCatalogue(scene.deps, await scene.as('olga'), to);

test('the Owner replaces the catalogue, with one event; policies are made of it from then on (P3)', async () => {
  const scene = await openScene(installation);
  const to = [...DEFAULT_CATALOGUE, QUEUE];
  const done = await scene.done(change(scene, to));
  assert.deepEqual(done.names, ['resource_catalogue.changed']);
  assert.deepEqual(JSON.parse(done.events[0]?.changes ?? ''), [
    {
      attribute: 'resource_types.queue',
      old: null,
      new: [
        { name: 'push', is_ingestion: true, includes: [] },
        { name: 'pull', is_ingestion: false, includes: [] },
      ],
    },
  ]);
  assert.deepEqual(await scene.answered(showCatalogue(scene.deps, await scene.as('adam'))), to);
  assert.deepEqual((await scene.done(change(scene, to))).names, []);
  const permissions = [{ resourceType: 'queue', operation: 'pull', ids: ['*'] }];
  const policy = { name: 'Pull', description: null, permissions };
  await scene.done(createPolicy(scene.deps, await scene.as('adam'), policy));
});

test('nobody but the Owner changes it, not even an administrator (P3)', async () => {
  const scene = await openScene(installation);
  for (const name of ['adam', 'rita'] as const) {
    const refusal = await scene.refused(changeCatalogue(scene.deps, await scene.as(name), []));
    assert.deepEqual(refusal, { kind: 'not-allowed', because: { rule: 'owner-only' } });
  }
});

test('it takes a session with a fresh proof: no key, and no old session (U8, K14)', async () => {
  const scene = await openScene(installation);
  const key = await scene.asKey(await scene.give('olga'));
  assert.equal((await scene.refused(changeCatalogue(scene.deps, key, []))).kind, 'session-required');
  const olga = await scene.as('olga');
  scene.pass(FRESH_PROOF_MS + 1);
  const later = { ...olga, change: { ...olga.change, now: scene.now, storable: scene.now } };
  assert.equal((await scene.refused(changeCatalogue(scene.deps, later, []))).kind, 'fresh-proof-required');
});

test('a mark that an operation once had comes back with it (P3)', async () => {
  const scene = await openScene(installation);
  await scene.done(change(scene, [...DEFAULT_CATALOGUE, QUEUE]));
  await scene.done(change(scene, DEFAULT_CATALOGUE));
  const turned = { name: 'queue', operations: [operation('push'), operation('pull', true)] };
  const refusal = await scene.refused(change(scene, [...DEFAULT_CATALOGUE, turned]));
  assert.ok(refusal.kind === 'catalogue-mistakes');
  assert.deepEqual(
    refusal.mistakes.map(({ kind, operation: of }) => [kind, of]),
    [
      ['ingestion-mark-changed', 'push'],
      ['ingestion-mark-changed', 'pull'],
    ],
  );
  await scene.done(change(scene, [...DEFAULT_CATALOGUE, QUEUE]));
});

test('what a policy or a living narrowed key names is not taken away; what only a dead key names is (P3)', async () => {
  const scene = await openScene(installation);
  const policyId = await scene.policy([onDatabase('edit', 'sales')], 'rita');
  const narrowed = await scene.give('olga', { permissions: [onDatabase('download', '*')] });
  const ended = await scene.give('olga', { permissions: [onDatabase('query', '*')] });
  const input = { reason: 'superseded', note: null, isWithDescendants: false } as const;
  await scene.done(forceExpireKey(scene.deps, await scene.as('olga'), { keyId: ended.key.id, ...input }));
  assert.deepEqual(await scene.refused(change(scene, without('edit', 'download', 'query'))), {
    kind: 'operations-in-use',
    operations: ['database:query', 'database:edit', 'database:download'],
    policyIds: [policyId],
    keyIds: [narrowed.key.id],
  });
  await scene.done(change(scene, without('query')));
});

test('a type cannot go while anything in it is used, and goes with nothing left (P3)', async () => {
  const scene = await openScene(installation);
  const policyId = await scene.policy([onDatabase('import', '*')]);
  const refusal = await scene.refused(change(scene, [QUEUE]));
  assert.ok(refusal.kind === 'operations-in-use');
  assert.deepEqual([refusal.operations.length, refusal.policyIds, refusal.keyIds], [5, [policyId], []]);
  await scene.arrange(async (direct) => {
    const policy = await direct.read.policies.find(scene.account.id, policyId);
    assert.ok(policy !== null);
    await direct.policies.delete(policy);
  });
  await scene.done(change(scene, []));
});

test('another account’s policies and keys keep nothing here (T1)', async () => {
  const [scene, other] = [await openScene(installation), await openScene(installation)];
  await other.policy([onDatabase('edit', '*')]);
  await other.give('olga', { permissions: [onDatabase('edit', '*')] });
  await scene.done(change(scene, without('edit')));
});
