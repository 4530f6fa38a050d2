import assert from 'node:assert/strict';
import { DAY_MS } from '@claviger/core';
import { openSqlite } from '@claviger/storage';
import { afterAll, beforeAll, test } from 'vitest';
import { createServiceAccount } from './create-service-account.ts';
import { deleteUser } from './delete-user.ts';
import { describeMe } from './describe-me.ts';
import { asFormer, atNow, previewOf, remove, tested } from './testing/deleting.ts';
import { type Installation, openInstallation } from './testing/installation.ts';
import { type Name, onDatabase, openScene, START } from './testing/scene.ts';

let installation: Installation;
beforeAll(async () => {
  installation = await openInstallation('delete-user', openSqlite);
});
afterAll(() => installation.close());

test('who may delete whom (U3, U4)', async () => {
  const allowed: readonly (readonly [Name, Name])[] = [
    ['olga', 'adam'],
    ['olga', 'rita'],
    ['adam', 'rita'],
  ];
  for (const [caller, of] of allowed) {
    const scene = await openScene(installation);
    assert.deepEqual((await scene.done(remove(scene, [caller, of, null]))).names, ['user.deleted'], `${caller} ${of}`);
  }
  const scene = await openScene(installation);
  const refused: readonly (readonly [Name, Name, string])[] = [
    ['olga', 'olga', 'user-deletion'],
    ['adam', 'adam', 'user-deletion'],
    ['rita', 'rita', 'user-deletion'],
    ['adam', 'ada', 'user-not-managed'],
    ['adam', 'olga', 'user-not-managed'],
  ];
  for (const [caller, of, rule] of refused) {
    const refusal = await scene.refused(remove(scene, [caller, of, null]));
    assert.equal(refusal.kind === 'not-allowed' && refusal.because.rule, rule, `${caller} deletes ${of}`);
  }
  assert.equal((await scene.refused(remove(scene, ['rita', 'rob', null]))).kind, 'user-not-found');
});

test('it takes a session with fresh proof, as old as 15 minutes at most (U8)', async () => {
  const scene = await openScene(installation);
  const key = await scene.asKey(await scene.give('olga'));
  const input = { userId: (await scene.person('rita')).id, reassignment: null, isPreview: true };
  assert.equal((await scene.refused(deleteUser(scene.deps, key, input))).kind, 'session-required');
  const early = await scene.as('olga');
  scene.pass(900_000);
  await scene.answered(deleteUser(scene.deps, atNow(scene, early), input));
  scene.pass(1);
  assert.equal((await scene.refused(deleteUser(scene.deps, atNow(scene, early), input))).kind, 'fresh-proof-required');
});

test('with the keys: these end for good, sessions end, policies come off, and the address is free (U4, K10)', async () => {
  const scene = await openScene(installation);
  const policyId = await scene.policy([onDatabase('query', '*')], 'rita');
  const [first, second] = [await scene.give('rita'), await scene.give('rita')];
  const session = await scene.as('rita');
  const rita = await scene.person('rita');
  const adam = await scene.as('adam');
  const outcome = await deleteUser(scene.deps, adam, { userId: rita.id, reassignment: null, isPreview: false });
  assert.ok(outcome.ok);
  assert.deepEqual(
    outcome.value.ends.map(({ keyId, how }) => [keyId, how]),
    [second, first].map(({ key }) => [key.id, 'deleted']),
  );
  const events = scene.eventsSince();
  assert.deepEqual(
    events.map(({ event_name, resource_id }) => [event_name, resource_id]),
    [
      ['key.deleted', second.key.id],
      ['key.deleted', first.key.id],
      ['session.ended', session.caller.credential.kind === 'session' && session.caller.credential.sessionId],
      ['policy.detached', policyId],
      ['user.deleted', rita.id],
    ],
  );
  for (const made of [first, second]) assert.equal((await tested(scene, made)).code, 'not_found');
  assert.equal((await scene.refused(describeMe(scene.deps, session))).kind, 'credential-ended');
  assert.equal(
    (await scene.refused(describeMe(scene.deps, await asFormer(scene, rita, first)))).kind,
    'credential-ended',
  );
  assert.equal(await scene.store.read((reader) => reader.users.findByEmail(rita.email ?? '')), null);
  assert.equal(
    (await scene.refused(deleteUser(scene.deps, adam, { userId: rita.id, reassignment: null, isPreview: false }))).kind,
    'user-not-found',
  );
});

test('a preview tells what would happen, which then happens, and changes nothing itself (U4, X3)', async () => {
  const scene = await openScene(installation);
  const [used, old] = [await scene.give('rita'), await scene.give('rita')];
  const service = await scene.done(
    createServiceAccount(scene.deps, await scene.as('adam'), { name: 'CI', contacts: [used.key.ownerId] }),
  );
  await scene.store.flush({
    uses: [
      { keyId: used.key.id, at: scene.now },
      { keyId: old.key.id, at: START },
    ],
    storable: scene.now,
  });
  scene.pass(30 * DAY_MS);
  await scene.as('rita');
  const counts = { all: 2, working: 2, inUse: 2, standingStill: 0 };
  const first = await previewOf(scene, ['adam', 'rita', 'rob']);
  assert.deepEqual(first.keyCounts, counts);
  scene.pass(1);
  const preview = await previewOf(scene, ['adam', 'rita', 'rob']);
  assert.deepEqual(preview.keyCounts, { ...counts, inUse: 0 });
  assert.equal(preview.lastUsedAt, START);
  assert.deepEqual(
    preview.contactOf.map(({ id }) => id),
    [service.value.user.id],
  );
  const { value } = await scene.done(remove(scene, ['adam', 'rita', 'rob']));
  assert.deepEqual(value, { ...preview, isPreview: false });
  assert.deepEqual((await scene.find(service.value.user.id)).contacts, []);
});
