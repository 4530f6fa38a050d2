import assert from 'node:assert/strict';
import { openSqlite } from '@claviger/storage';
import { afterAll, beforeAll, test } from 'vitest';
import { createServiceAccount } from './create-service-account.ts';
import { disableKey } from './disable-key.ts';
import { handOver } from './hand-over.ts';
import { mailsOf, remove } from './testing/deleting.ts';
import { type Installation, openInstallation } from './testing/installation.ts';
import { type Name, openScene, type Scene } from './testing/scene.ts';

let installation: Installation;
beforeAll(async () => {
  installation = await openInstallation('hand-over', openSqlite);
});
afterAll(() => installation.close());

async function passOn(scene: Scene, caller: Name, to: Name) {
  return handOver(scene.deps, await scene.as(caller), (await scene.person(to)).id);
}

test.each(['ada', 'rita'] as const)(
  'ownership passes to %s, and the Owner becomes an administrator (U1)',
  async (to) => {
    const scene = await openScene(installation);
    const { value, events } = await scene.done(passOn(scene, 'olga', to));
    const [olga, heir] = [await scene.person('olga'), await scene.person(to)];
    assert.deepEqual(
      events.map(({ event_name, resource_id }) => [event_name, resource_id]),
      [
        ['user.type_changed', olga.id],
        ['user.type_changed', heir.id],
      ],
    );
    assert.deepEqual([olga.userType, heir.userType], ['administrator', 'owner']);
    assert.deepEqual(value, { formerOwner: olga, owner: heir, stoppedKeys: [] });
    const refusal = await scene.refused(passOn(scene, 'olga', 'adam'));
    assert.deepEqual(refusal, { kind: 'not-allowed', because: { rule: 'owner-only' } });
  },
);

test('keys of the new Owner that somebody else may know stop before they rise, also an administrator’s (U3)', async () => {
  const scene = await openScene(installation);
  const own = await scene.give('ada');
  const given = await scene.give('olga', { ownerId: own.key.ownerId });
  const stopped = await scene.give('olga', { ownerId: own.key.ownerId });
  await scene.done(disableKey(scene.deps, await scene.as('ada'), stopped.key.id));
  const ofOlga = await scene.give('olga');
  const { names, value } = await scene.done(passOn(scene, 'olga', 'ada'));
  assert.deepEqual(names, ['user.type_changed', 'key.disabled', 'key.disabled', 'user.type_changed']);
  assert.deepEqual(value.stoppedKeys.map(({ id }) => id).toSorted(), [given.key.id, stopped.key.id].toSorted());
  for (const { key } of value.stoppedKeys.map(({ id }) => ({ key: scene.key(id) }))) {
    assert.equal((await key)?.disabledReason, 'promotion');
  }
  for (const { key } of [own, ofOlga]) assert.equal((await scene.key(key.id))?.disabledAt, null);
});

test('a key that was somebody else’s is known to somebody else, whoever created it (U3, U4)', async () => {
  const scene = await openScene(installation);
  const made = await scene.give('ada', { ownerId: (await scene.person('rita')).id });
  await scene.done(remove(scene, ['olga', 'rita', 'ada'], { isWidening: true }));
  const { value } = await scene.done(passOn(scene, 'olga', 'ada'));
  assert.deepEqual(
    value.stoppedKeys.map(({ id }) => id),
    [made.key.id],
  );
});

test('it is the Owner’s act, with a session and a fresh proof (U1, U8)', async () => {
  const scene = await openScene(installation);
  for (const name of ['adam', 'rita'] as const) {
    assert.equal((await scene.refused(passOn(scene, name, name))).kind, 'not-allowed');
  }
  const { id } = await scene.person('ada');
  const key = await scene.asKey(await scene.give('olga'));
  assert.equal((await scene.refused(handOver(scene.deps, key, id))).kind, 'session-required');
  const context = await scene.as('olga');
  scene.pass(900_001);
  const late = { ...context, change: { ...context.change, now: scene.now, storable: scene.now } };
  assert.equal((await scene.refused(handOver(scene.deps, late, id))).kind, 'fresh-proof-required');
});

test('the new Owner is a person of the account who is not disabled (U1, U6)', async () => {
  const scene = await openScene(installation);
  const olga = await scene.as('olga');
  const pointer = '/new_owner_id';
  const { value } = await scene.done(createServiceAccount(scene.deps, olga, { name: 'CI', contacts: [] }));
  const foreign = (await (await openScene(installation)).person('ada')).id;
  const ada = await scene.person('ada');
  await scene.arrange((change) => change.users.disable(ada));
  const unfit = { kind: 'unfit-new-owner', pointer };
  const refused = (id: typeof foreign) => scene.refused(handOver(scene.deps, olga, id));
  assert.deepEqual(await refused(value.user.id), { ...unfit, userId: value.user.id, why: 'is-service-account' });
  assert.deepEqual(await refused(ada.id), { ...unfit, userId: ada.id, why: 'is-disabled' });
  assert.deepEqual(await refused(foreign), { kind: 'user-not-found', userId: foreign, pointer });
});

test('handing over to oneself changes nothing (U1)', async () => {
  const scene = await openScene(installation);
  assert.deepEqual((await scene.done(passOn(scene, 'olga', 'olga'))).names, []);
  assert.equal((await scene.person('olga')).userType, 'owner');
});

test('both are told by mail, the new Owner also which keys wait to be rotated (U1, U3)', async () => {
  const scene = await openScene(installation);
  const [olga, ada] = [await scene.person('olga'), await scene.person('ada')];
  const { key } = await scene.give('olga', { ownerId: ada.id });
  await scene.done(passOn(scene, 'olga', 'ada'));
  const { id, name, kind, hint } = key;
  const template = 'user_type_changed';
  assert.deepEqual(mailsOf(installation, scene), [
    { recipient: olga.email, template, facts: { to: 'administrator', by: 'olga', disabledKeys: [] } },
    { recipient: ada.email, template, facts: { to: 'owner', by: 'olga', disabledKeys: [{ id, name, kind, hint }] } },
  ]);
});
