import assert from 'node:assert/strict';
import { DAY_MS, lifespan, PAGE_LARGEST } from '@claviger/core';
import { openSqlite } from '@claviger/storage';
import { afterAll, beforeAll, test } from 'vitest';
import { describeMe } from './describe-me.ts';
import { findUser } from './find-user.ts';
import { listEvents } from './list-events.ts';
import { listUsers } from './list-users.ts';
import { recordDenial } from './record-denial.ts';
import { type Installation, openInstallation } from './testing/installation.ts';
import { type Name, onDatabase, openScene, PEOPLE } from './testing/scene.ts';

let installation: Installation;
beforeAll(async () => {
  installation = await openInstallation('reading', openSqlite);
});
afterAll(() => installation.close());

const PAGE = { cursor: null, limit: PAGE_LARGEST };

test('administrators see every user of their account, restricted users only themselves', async () => {
  const scene = await openScene(installation);
  const idOf = async (name: Name) => (await scene.person(name)).id;
  for (const name of ['olga', 'adam'] as const) {
    const { items } = await scene.answered(listUsers(scene.deps, await scene.as(name), { page: PAGE }));
    assert.equal(items.length, Object.keys(PEOPLE).length);
    assert.equal((await scene.answered(findUser(scene.deps, await scene.as(name), await idOf('ada')))).name, 'ada');
  }
  const rita = await scene.as('rita');
  const { items } = await scene.answered(listUsers(scene.deps, rita, { page: PAGE }));
  assert.deepEqual(
    items.map(({ name }) => name),
    ['rita'],
  );
  for (const userId of [
    await idOf('rob'),
    await idOf('olga'),
    (await (await openScene(installation)).person('rita')).id,
  ]) {
    assert.deepEqual(await scene.refused(findUser(scene.deps, rita, userId)), {
      kind: 'user-not-found',
      userId,
      pointer: null,
    });
  }
});

test('me: account, user, permissions, and the keys that are about to expire (R3)', async () => {
  const scene = await openScene(installation);
  await scene.policy([onDatabase('query', 'sales')], 'rita');
  const soon = await scene.give('rita', { lifespan: lifespan(30) });
  await scene.give('rita', { lifespan: lifespan(31) });
  await scene.give('rob', { lifespan: lifespan(1) });
  const me = await scene.answered(describeMe(scene.deps, await scene.as('rita')));
  assert.deepEqual(me.user, await scene.person('rita'));
  assert.equal(me.account.id, scene.account.id);
  assert.deepEqual(me.permissions, [onDatabase('query', 'sales')]);
  assert.deepEqual(
    me.expiring.map(({ key }) => key.id),
    [soon.key.id],
  );
  const olga = await scene.answered(describeMe(scene.deps, await scene.as('olga')));
  assert.deepEqual(olga.permissions, [{ resourceType: '*', operation: '*', ids: ['*'] }]);
});

test('a narrowed key reads me, and learns what it may do, not what its owner may (K14)', async () => {
  const scene = await openScene(installation);
  const narrowed = await scene.give('olga', { permissions: [onDatabase('query', 'sales')] });
  const me = await scene.answered(describeMe(scene.deps, await scene.asKey(narrowed)));
  assert.deepEqual(me.permissions, [onDatabase('query', 'sales')]);
  const plain = await scene.give('olga', { lifespan: lifespan(1) });
  const byKey = await scene.asKey(plain);
  assert.equal((await scene.answered(describeMe(scene.deps, byKey))).permissions[0]?.operation, '*');
  scene.pass(DAY_MS);
  const dead = await scene.refused(describeMe(scene.deps, await scene.asKey(plain)));
  assert.deepEqual(dead, { kind: 'credential-ended' });
});

test('an account may switch management by keys off (K14)', async () => {
  const scene = await openScene(installation, {}, { hasManagementByKeys: false });
  const byKey = await scene.asKey(await scene.give('olga'));
  assert.deepEqual(await scene.refused(listUsers(scene.deps, byKey, { page: PAGE })), {
    kind: 'management-by-keys-off',
  });
  assert.deepEqual(await scene.refused(describeMe(scene.deps, byKey)), { kind: 'management-by-keys-off' });
});

test('administrators read every event, others those about themselves and their keys (A5)', async () => {
  const scene = await openScene(installation);
  const ritas = await scene.give('rita');
  const robs = await scene.give('rob');
  const idsFor = async (name: Name) => {
    const input = { page: PAGE, eventName: 'key.created' };
    const { items } = await scene.answered(listEvents(scene.deps, await scene.as(name), input));
    return items.map(({ resourceId }) => resourceId);
  };
  assert.deepEqual(await idsFor('adam'), [robs.key.id, ritas.key.id]);
  assert.deepEqual(await idsFor('rita'), [ritas.key.id]);
  const { items } = await scene.answered(listEvents(scene.deps, await scene.as('rita'), { page: PAGE }));
  const { id } = await scene.person('rita');
  for (const event of items) assert.equal(event.affectedUserId, id);
});

test('the refused call of a known caller is an event, and no change of theirs (A2)', async () => {
  const scene = await openScene(installation);
  const { key } = await scene.give('rob');
  const rita = await scene.as('rita');
  const input = { code: 'key_not_found', resourceId: key.id };
  const { names, events } = await scene.done(recordDenial(scene.deps, rita, input));
  assert.deepEqual(names, ['access.denied']);
  const [event] = events;
  const { id } = await scene.person('rita');
  assert.deepEqual([event?.result, event?.resource_id, event?.affected_user_id], ['refused', key.id, id]);
  assert.deepEqual(JSON.parse(event?.changes ?? ''), [{ attribute: 'code', old: null, new: 'key_not_found' }]);
});

test('recording a refusal keeps no answer for replays: the refused call may be tried again under its key', async () => {
  const scene = await openScene(installation);
  const rita = await scene.as('rita');
  const slot = { credentialId: 'ses_1', route: 'POST /v1/keys', keyMac: '1:aa', bodyMac: '1:bb', expiresAt: scene.now };
  const answerOf = () => assert.fail('a refusal was kept as an answer');
  const context = { ...rita, change: { ...rita.change, replay: { ...slot, answerOf } } };
  await scene.done(recordDenial(scene.deps, context, { code: 'key_not_found', resourceId: null }));
});
