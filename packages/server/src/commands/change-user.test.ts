import assert from 'node:assert/strict';
import { DAY_MS, lifespan, type UserType } from '@claviger/core';
import { openSqlite } from '@claviger/storage';
import { afterAll, beforeAll, test } from 'vitest';
import { changeUser } from './change-user.ts';
import { createKey } from './create-key.ts';
import { createServiceAccount } from './create-service-account.ts';
import { deleteKey } from './delete-key.ts';
import type { CommandContext } from './deps.ts';
import { disableKey } from './disable-key.ts';
import { enableKey } from './enable-key.ts';
import { listSessions } from './list-sessions.ts';
import { rotateKey } from './rotate-key.ts';
import type { KeyWithSecret } from './shown-key.ts';
import { testKey } from './test-key.ts';
import { type Installation, openInstallation } from './testing/installation.ts';
import { type Name, openScene, PLAIN_KEY, type Scene } from './testing/scene.ts';

let installation: Installation;
beforeAll(async () => {
  installation = await openInstallation('change-user', openSqlite);
});
afterAll(() => installation.close());

async function setType(scene: Scene, caller: Name, of: Name, userType: UserType) {
  const { id: userId } = await scene.person(of);
  return changeUser(scene.deps, await scene.as(caller), { userId, userType });
}

async function makeKey(scene: Scene, context: CommandContext, owner: Name): Promise<KeyWithSecret> {
  const { id: ownerId } = await scene.person(owner);
  return (await scene.done(createKey(scene.deps, context, { ...PLAIN_KEY, ownerId }))).value;
}

async function codeOf(scene: Scene, { secret }: KeyWithSecret): Promise<string> {
  return (await scene.answered(testKey(scene.deps, await scene.as('olga'), { key: secret }))).code;
}

test('who may turn whom into what (U1, U3)', async () => {
  const allowed: readonly (readonly [Name, Name, UserType])[] = [
    ['olga', 'rita', 'administrator'],
    ['olga', 'adam', 'restricted'],
    ['adam', 'rita', 'administrator'],
  ];
  for (const [caller, of, to] of allowed) {
    const scene = await openScene(installation);
    const { value, names } = await scene.done(setType(scene, caller, of, to));
    assert.deepEqual(names, ['user.type_changed']);
    assert.equal(value.userType, to);
  }
  const scene = await openScene(installation);
  const refused: readonly (readonly [Name, Name, UserType, string])[] = [
    ['adam', 'ada', 'restricted', 'user-not-managed'],
    ['adam', 'olga', 'restricted', 'user-not-managed'],
    ['adam', 'adam', 'restricted', 'user-type-change'],
    ['adam', 'rita', 'owner', 'user-type-change'],
    ['rita', 'rita', 'administrator', 'user-type-change'],
    ['olga', 'rita', 'owner', 'user-type-change'],
    ['olga', 'olga', 'administrator', 'user-type-change'],
  ];
  for (const [caller, of, to, rule] of refused) {
    const refusal = await scene.refused(setType(scene, caller, of, to));
    assert.equal(refusal.kind === 'not-allowed' && refusal.because.rule, rule, `${caller} turns ${of} into ${to}`);
  }
  assert.equal((await scene.refused(setType(scene, 'rita', 'rob', 'administrator'))).kind, 'user-not-found');
});

test('turning somebody into what they are changes nothing', async () => {
  const scene = await openScene(installation);
  assert.deepEqual((await scene.done(setType(scene, 'adam', 'rita', 'restricted'))).names, []);
  assert.deepEqual((await scene.done(setType(scene, 'olga', 'olga', 'owner'))).names, []);
});

test('on promotion the keys that somebody else created are disabled, the own ones go on (U3)', async () => {
  const scene = await openScene(installation);
  const own = await scene.give('rita');
  const given = await makeKey(scene, await scene.as('adam'), 'rita');
  const dead = await scene.give('adam', { ownerId: (await scene.person('rita')).id, lifespan: lifespan(1) });
  scene.pass(DAY_MS);
  const { names, events } = await scene.done(setType(scene, 'olga', 'rita', 'administrator'));
  assert.deepEqual(names, ['key.disabled', 'user.type_changed']);
  assert.equal(events[0]?.resource_id, given.key.id);
  assert.deepEqual([await codeOf(scene, own), await codeOf(scene, given)], ['allowed', 'disabled']);
  assert.equal((await scene.key(given.key.id))?.disabledReason, 'promotion');
  assert.equal((await scene.key(dead.key.id))?.disabledAt, null);
});

test('whose type changes is told by mail, and which keys wait to be rotated (U3)', async () => {
  const scene = await openScene(installation);
  const given = await makeKey(scene, await scene.as('adam'), 'rita');
  await scene.give('rita');
  await scene.done(setType(scene, 'adam', 'rita', 'administrator'));
  await scene.done(setType(scene, 'olga', 'rita', 'administrator'));
  await scene.done(setType(scene, 'olga', 'rita', 'restricted'));
  const { id, name, kind, hint } = given.key;
  const told = { recipient: (await scene.person('rita')).email, template: 'user_type_changed' };
  assert.deepEqual(scene.mails(), [
    { ...told, facts: { to: 'administrator', by: 'adam', disabledKeys: [{ id, name, kind, hint }] } },
    { ...told, facts: { to: 'restricted', by: 'olga', disabledKeys: [] } },
  ]);
});

test('a key disabled by a promotion starts again only by its owner rotating it, and only with the new secret (U3, X5)', async () => {
  const scene = await openScene(installation);
  const given = await makeKey(scene, await scene.as('adam'), 'rita');
  await scene.done(setType(scene, 'olga', 'rita', 'administrator'));
  const keyId = given.key.id;
  const ownerId = given.key.ownerId;
  const waits = { kind: 'key-awaits-rotation', keyId, ownerId };
  for (const name of ['rita', 'olga'] as const) {
    assert.deepEqual(await scene.refused(enableKey(scene.deps, await scene.as(name), keyId)), waits);
  }
  const byOlga = rotateKey(scene.deps, await scene.as('olga'), { keyId, overlapSeconds: 0 });
  assert.deepEqual(await scene.refused(byOlga), waits);
  const byRita = rotateKey(scene.deps, await scene.as('rita'), { keyId, overlapSeconds: 600 });
  const { value, names } = await scene.done(byRita);
  assert.deepEqual(names, ['key.rotated']);
  assert.equal(value.key.disabledAt, null);
  assert.deepEqual([await codeOf(scene, given), await codeOf(scene, value)], ['expired', 'allowed']);
});

test('a promotion takes over keys that were disabled on request: enabling them would skip the rotation (U3)', async () => {
  const scene = await openScene(installation);
  const given = await makeKey(scene, await scene.as('adam'), 'rita');
  await scene.done(disableKey(scene.deps, await scene.as('adam'), given.key.id));
  await scene.done(setType(scene, 'olga', 'rita', 'administrator'));
  const refusal = await scene.refused(enableKey(scene.deps, await scene.as('rita'), given.key.id));
  assert.equal(refusal.kind, 'key-awaits-rotation');
});

test('a key whose secret somebody else may know does not rise with its owner, however they came by it (U3, K14)', async () => {
  const scene = await openScene(installation);
  const adam = await scene.as('adam');
  const own = await scene.give('rita');
  const ownChild = await makeKey(scene, await scene.asKey(own), 'rita');
  const rotatedByAdam = await scene.give('rita');
  await scene.done(rotateKey(scene.deps, adam, { keyId: rotatedByAdam.key.id, overlapSeconds: 0 }));
  const given = await makeKey(scene, adam, 'rita');
  const byGiven = await makeKey(scene, await scene.asKey(given), 'rita');
  const byByGiven = await makeKey(scene, await scene.asKey(byGiven), 'rita');
  const rotatedByGiven = await scene.give('rita');
  const rotation = { keyId: rotatedByGiven.key.id, overlapSeconds: 0 };
  await scene.done(rotateKey(scene.deps, await scene.asKey(given), rotation));
  const vanished = await makeKey(scene, adam, 'rita');
  const byVanished = await makeKey(scene, await scene.asKey(vanished), 'rita');
  await scene.done(deleteKey(scene.deps, adam, vanished.key.id));
  await scene.done(setType(scene, 'olga', 'rita', 'administrator'));
  const stopped = [rotatedByAdam, given, byGiven, byByGiven, rotatedByGiven, byVanished];
  for (const { key } of stopped) assert.equal((await scene.key(key.id))?.disabledReason, 'promotion', key.id);
  for (const made of [own, ownChild]) assert.equal(await codeOf(scene, made), 'allowed');
});

test('a demotion disables no keys: they follow their owner down (K4)', async () => {
  const scene = await openScene(installation);
  const given = await makeKey(scene, await scene.as('olga'), 'adam');
  const { names } = await scene.done(setType(scene, 'olga', 'adam', 'restricted'));
  assert.deepEqual(names, ['user.type_changed']);
  assert.equal(await codeOf(scene, given), 'allowed');
});

test('disabling a user stops all their keys and ends their sessions at once; enabling starts the keys again (U5)', async () => {
  const scene = await openScene(installation);
  const made = await scene.give('rita');
  await scene.as('rita');
  const { id: userId } = await scene.person('rita');
  const adam = await scene.as('adam');
  const { value, names } = await scene.done(changeUser(scene.deps, adam, { userId, isDisabled: true }));
  assert.deepEqual(names, ['user.disabled', 'session.ended']);
  assert.equal(value.disabledAt, scene.now);
  assert.equal(await codeOf(scene, made), 'owner_disabled');
  assert.deepEqual((await scene.done(changeUser(scene.deps, adam, { userId, isDisabled: true }))).names, []);
  const enabled = await scene.done(changeUser(scene.deps, adam, { userId, isDisabled: false }));
  assert.deepEqual(enabled.names, ['user.enabled']);
  assert.equal(await codeOf(scene, made), 'allowed');
  assert.equal((await scene.refused(listSessions(scene.deps, await scene.as('rita')))).kind, 'credential-ended');
});

test('nobody disables the Owner, themselves, or somebody they do not manage (U3, U5)', async () => {
  const scene = await openScene(installation);
  const cases: readonly (readonly [Name, Name, string])[] = [
    ['olga', 'olga', 'user-disabling'],
    ['adam', 'adam', 'user-disabling'],
    ['rita', 'rita', 'user-disabling'],
    ['adam', 'olga', 'user-not-managed'],
    ['adam', 'ada', 'user-not-managed'],
  ];
  for (const [caller, of, rule] of cases) {
    const { id: userId } = await scene.person(of);
    const refusal = await scene.refused(changeUser(scene.deps, await scene.as(caller), { userId, isDisabled: true }));
    assert.equal(refusal.kind === 'not-allowed' && refusal.because.rule, rule, `${caller} disables ${of}`);
  }
  const { id: userId } = await scene.person('rob');
  const hidden = await scene.refused(changeUser(scene.deps, await scene.as('rita'), { userId, isDisabled: true }));
  assert.deepEqual(hidden, { kind: 'user-not-found', userId, pointer: null });
});

test('a name is changed by oneself and by those who manage one (U3)', async () => {
  const scene = await openScene(installation);
  for (const [caller, of] of [
    ['rita', 'rita'],
    ['adam', 'rita'],
    ['olga', 'ada'],
  ] as const) {
    const { id: userId } = await scene.person(of);
    const name = `${of} by ${caller}`;
    const { value, names } = await scene.done(changeUser(scene.deps, await scene.as(caller), { userId, name }));
    assert.deepEqual(names, ['user.changed']);
    assert.equal(value.name, name);
    assert.deepEqual((await scene.done(changeUser(scene.deps, await scene.as(caller), { userId, name }))).names, []);
  }
});

test('several changes come together or not at all (A1)', async () => {
  const scene = await openScene(installation);
  const { id: userId } = await scene.person('rita');
  const adam = await scene.as('adam');
  const all = { userId, name: 'Rita R.', userType: 'administrator', isDisabled: true } as const;
  const refusal = await scene.refused(
    changeUser(scene.deps, await scene.as('rita'), { ...all, userType: 'restricted' }),
  );
  assert.equal(refusal.kind, 'not-allowed');
  assert.equal((await scene.person('rita')).name, 'rita');
  const { value, names } = await scene.done(changeUser(scene.deps, adam, all));
  assert.deepEqual(names, ['user.changed', 'user.type_changed', 'user.disabled', 'session.ended']);
  assert.equal(value.name, 'Rita R.');
  assert.equal(value.userType, 'administrator');
  assert.equal(value.disabledAt, scene.now);
});

test('contacts are of service accounts, set by administrators, and people of this account (U6)', async () => {
  const scene = await openScene(installation);
  const adam = await scene.as('adam');
  const { user } = (await scene.done(createServiceAccount(scene.deps, adam, { name: 'CI', contacts: null }))).value;
  const [rita, rob] = [await scene.person('rita'), await scene.person('rob')];
  const input = { userId: user.id, contacts: [rita.id, rob.id, rita.id] };
  const { value, names } = await scene.done(changeUser(scene.deps, adam, input));
  assert.deepEqual(names, ['user.changed']);
  assert.deepEqual(value.contacts, [rita.id, rob.id]);
  const foreign = await (await openScene(installation)).person('rita');
  const cases = [
    [
      { userId: user.id, contacts: [rita.id, foreign.id] },
      { kind: 'user-not-found', userId: foreign.id, pointer: '/contacts/1' },
    ],
    [
      { userId: user.id, contacts: [user.id] },
      { kind: 'contact-not-a-person', pointer: '/contacts/0', userId: user.id },
    ],
    [
      { userId: rita.id, contacts: [rob.id] },
      { kind: 'contacts-of-a-person', pointer: '/contacts' },
    ],
  ] as const;
  for (const [asked, refusal] of cases)
    assert.deepEqual(await scene.refused(changeUser(scene.deps, adam, asked)), refusal);
  const own = changeUser(scene.deps, await scene.as('rita'), { userId: rita.id, contacts: [rob.id] });
  assert.deepEqual(await scene.refused(own), { kind: 'not-allowed', because: { rule: 'administrators-only' } });
});

test('a service account stays restricted (U6)', async () => {
  const scene = await openScene(installation);
  const olga = await scene.as('olga');
  const { user } = (await scene.done(createServiceAccount(scene.deps, olga, { name: 'CI', contacts: [] }))).value;
  const refusal = await scene.refused(changeUser(scene.deps, olga, { userId: user.id, userType: 'administrator' }));
  const kind = 'service-account-stays-restricted';
  assert.deepEqual(refusal, { kind, pointer: '/user_type', asked: 'administrator' });
});
