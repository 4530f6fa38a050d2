import assert from 'node:assert/strict';
import { DAY_MS, formatInstant, internalKeyIdOf, lifespan, plusMs, Secret, formatKeyText } from '@claviger/core';
import { openSqlite, sealedInternalKey } from '@claviger/storage';
import { afterAll, beforeAll, test } from 'vitest';
import { changeUser } from './change-user.ts';
import { createServiceAccount } from './create-service-account.ts';
import { deleteKey } from './delete-key.ts';
import { disableKey } from './disable-key.ts';
import { rotateKey } from './rotate-key.ts';
import { selfRevoke } from './self-revoke.ts';
import { testKey } from './test-key.ts';
import { type Installation, openInstallation } from './testing/installation.ts';
import { openScene, type Scene } from './testing/scene.ts';

let installation: Installation;
beforeAll(async () => {
  installation = await openInstallation('self-revoke', openSqlite);
});
afterAll(() => installation.close());

async function revoke(scene: Scene, key: Secret) {
  return scene.done(selfRevoke(scene.deps, scene.anonymous(), { key }));
}

test('who holds a leaked key ends it by showing it (K12)', async () => {
  const scene = await openScene(installation);
  const made = await scene.give('rita');
  const { value, names, events } = await revoke(scene, made.secret);
  assert.equal(value, 'key-ended');
  assert.deepEqual(names, ['key.force_expired']);
  assert.equal(events[0]?.affected_user_id, made.key.ownerId);
  assert.equal(events[0]?.actor, JSON.stringify({ kind: 'system', id: 'self_revocation' }));
  const { forcedExpiry } = (await scene.key(made.key.id)) ?? assert.fail();
  assert.deepEqual(forcedExpiry, { at: scene.now, by: 'self_revocation', reason: 'compromised', note: null });
  assert.deepEqual((await revoke(scene, made.secret)).names, []);
});

test('a disabled key and the key of a disabled user are ended too: they might come back (K12)', async () => {
  const scene = await openScene(installation);
  const disabled = await scene.give('rita');
  await scene.done(disableKey(scene.deps, await scene.as('rita'), disabled.key.id));
  assert.equal((await revoke(scene, disabled.secret)).value, 'key-ended');
  const robs = await scene.give('rob');
  await scene.done(changeUser(scene.deps, await scene.as('olga'), { userId: robs.key.ownerId, isDisabled: true }));
  assert.equal((await revoke(scene, robs.secret)).value, 'key-ended');
});

test('an old secret in its overlap ends the overlap and nothing else (K12, X5)', async () => {
  const scene = await openScene(installation);
  const first = await scene.give('rita');
  const input = { keyId: first.key.id, overlapSeconds: 600 };
  const { value: second } = await scene.done(rotateKey(scene.deps, await scene.as('rita'), input));
  const { value, names } = await revoke(scene, first.secret);
  assert.equal(value, 'overlap-ended');
  assert.deepEqual(names, ['key.rotation_finished']);
  const rita = await scene.as('rita');
  const codes = [first, second].map(({ secret }) => scene.answered(testKey(scene.deps, rita, { key: secret })));
  assert.deepEqual(
    (await Promise.all(codes)).map(({ code }) => code),
    ['expired', 'allowed'],
  );
  assert.deepEqual((await revoke(scene, first.secret)).names, []);
});

test('a secret whose overlap is over ends nothing (K12)', async () => {
  const scene = await openScene(installation);
  const first = await scene.give('rita');
  const input = { keyId: first.key.id, overlapSeconds: 60 };
  await scene.done(rotateKey(scene.deps, await scene.as('rita'), input));
  scene.pass(60_000);
  assert.deepEqual((await revoke(scene, first.secret)).value, 'nothing');
  assert.equal((await scene.key(first.key.id))?.forcedExpiry, null);
});

test('a key bound to web origins is reported to its owner once a day, and goes on (K12)', async () => {
  const scene = await openScene(installation);
  const made = await scene.give('rita', { kind: 'write_only', allowedOrigins: ['https://shop.example'] });
  const { value, names, events } = await revoke(scene, made.secret);
  assert.equal(value, 'reported');
  assert.deepEqual(names, ['key.reported']);
  assert.deepEqual([events[0]?.resource_id, events[0]?.affected_user_id], [made.key.id, made.key.ownerId]);
  scene.pass(DAY_MS - 1);
  assert.deepEqual((await revoke(scene, made.secret)).names, []);
  scene.pass(1);
  assert.deepEqual((await revoke(scene, made.secret)).names, ['key.reported']);
  const { key } = made;
  assert.deepEqual(await scene.key(key.id), key);
});

test('unknown, wrong, malformed, deleted and expired texts change nothing and are answered alike (K12)', async () => {
  const scene = await openScene(installation);
  const made = await scene.give('rita');
  const aged = await scene.give('rita', { lifespan: lifespan(1) });
  const deleted = await scene.give('rita');
  await scene.done(deleteKey(scene.deps, await scene.as('rita'), deleted.key.id));
  scene.pass(DAY_MS);
  const parts = { prefix: 'clv', kind: 'master', idCharacters: made.key.id.slice(4) } as const;
  const texts = [
    formatKeyText(parts, 'A'.repeat(33)),
    new Secret(`${made.secret.reveal()}x`),
    new Secret(''),
    new Secret('an imported key that nobody imported'),
    deleted.secret,
    aged.secret,
  ];
  for (const text of texts) {
    const { value, names } = await revoke(scene, text);
    assert.deepEqual([value, names], ['nothing', []]);
  }
  assert.equal((await scene.key(made.key.id))?.forcedExpiry, null);
});

test('a key that only a bad clock shows as expired is ended all the same (K12, E9)', async () => {
  const scene = await openScene(installation);
  const made = await scene.give('rita', { lifespan: lifespan(1) });
  const { change } = scene.anonymous();
  const jumped = { change: { ...change, now: plusMs(change.now, DAY_MS) } };
  const { value } = await scene.done(selfRevoke(scene.deps, jumped, { key: made.secret }));
  assert.equal(value, 'key-ended');
});

test('internal keys are never ended this way (K11, K12)', async () => {
  const scene = await openScene(installation);
  const text = formatKeyText({ prefix: 'clv', kind: 'internal', idCharacters: 'self00revoke' }, 'B'.repeat(33));
  const id = internalKeyIdOf('self00revoke');
  const digest = scene.deps.digestOf(text);
  await scene.arrange(async (change) => {
    const key = { id, purpose: 'verify', accountIds: [scene.account.id], createdAt: scene.now, endedAt: null } as const;
    await change.internalKeys.create(key, { digest, seal: scene.deps.seal(sealedInternalKey(key, digest)) });
  });
  assert.deepEqual((await revoke(scene, text)).names, []);
  const keys = await scene.store.read((reader) => reader.internalKeys.list());
  assert.equal(keys.find((key) => key.id === id)?.endedAt, null);
});

test('a key is found whatever account it is of: nobody has to say (K12, T1)', async () => {
  const scenes = [await openScene(installation), await openScene(installation)];
  for (const scene of scenes) {
    const made = await scene.give('olga');
    assert.deepEqual((await revoke(scene, made.secret)).names, ['key.force_expired']);
  }
});

test('whoever owns the key is told by mail what became of it, with the change and not without (K12, A1)', async () => {
  const scene = await openScene(installation);
  const [ended, rotated] = [await scene.give('rita'), await scene.give('rita')];
  const input = { keyId: rotated.key.id, overlapSeconds: 600 };
  await scene.done(rotateKey(scene.deps, await scene.as('rita'), input));
  await revoke(scene, ended.secret);
  await revoke(scene, rotated.secret);
  await revoke(scene, ended.secret);
  await revoke(scene, new Secret('a text that nobody has imported'));
  const { email } = await scene.person('rita');
  const at = formatInstant(scene.now);
  const { id, name, kind, hint } = ended.key;
  const mails = scene.mails();
  assert.deepEqual(mails[0], {
    recipient: email,
    template: 'key_self_revoked',
    facts: { key: { id, name, kind, hint }, outcome: 'key-ended', at },
  });
  assert.deepEqual(
    mails.map(({ facts }) => (facts as { readonly outcome: string }).outcome),
    ['key-ended', 'overlap-ended'],
  );
  assert.ok(!JSON.stringify(mails).includes(ended.secret.reveal()));
});

test('of a service account’s key its contacts are told, and the Owner when none of them can be (K12, U6)', async () => {
  const scene = await openScene(installation);
  const [olga, adam, ada] = [await scene.person('olga'), await scene.person('adam'), await scene.person('ada')];
  const make = async (contacts: readonly (typeof ada.id)[]) => {
    const made = await scene.done(createServiceAccount(scene.deps, await scene.as('olga'), { name: 'CI', contacts }));
    return made.value.keys[0]?.secret ?? assert.fail();
  };
  await revoke(scene, await make([adam.id, ada.id]));
  await revoke(scene, await make([]));
  assert.deepEqual(
    scene.mails().map(({ recipient }) => recipient),
    [adam.email, ada.email, olga.email],
  );
});

test('the key of a disabled person is told of to the Owner: somebody has to know that it leaked (K12, U5)', async () => {
  const scene = await openScene(installation);
  const made = await scene.give('rob');
  await scene.done(changeUser(scene.deps, await scene.as('olga'), { userId: made.key.ownerId, isDisabled: true }));
  await revoke(scene, made.secret);
  assert.deepEqual(
    scene.mails().map(({ recipient }) => recipient),
    [(await scene.person('olga')).email],
  );
});

test('a report is told of as often as it is recorded: once a day for each key (K12)', async () => {
  const scene = await openScene(installation);
  const made = await scene.give('rita', { kind: 'write_only', allowedOrigins: ['https://shop.example'] });
  const other = await scene.give('rita', { kind: 'write_only', allowedOrigins: ['https://shop.example'] });
  for (const { secret } of [made, made, other]) await revoke(scene, secret);
  scene.pass(DAY_MS);
  await revoke(scene, made.secret);
  assert.deepEqual(
    scene.mails().map(({ facts }) => (facts as { readonly key: { readonly id: string } }).key.id),
    [made.key.id, other.key.id, made.key.id],
  );
});

test('an owner may have keys of web pages ended like any other; whoever manages them too, nobody else (K12, U3)', async () => {
  const scene = await openScene(installation);
  const rita = await scene.person('rita');
  const asked = { userId: rita.id, endsReportedKeys: true };
  await scene.refused(changeUser(scene.deps, await scene.as('rob'), asked));
  const { names, value } = await scene.done(changeUser(scene.deps, await scene.as('rita'), asked));
  assert.deepEqual([names, value.endsReportedKeys], [['user.changed'], true]);
  assert.deepEqual((await scene.done(changeUser(scene.deps, await scene.as('adam'), asked))).names, []);
  const page = { kind: 'write_only', allowedOrigins: ['https://shop.example'] } as const;
  const [first, second] = [await scene.give('rita', page), await scene.give('rita', page)];
  assert.equal((await revoke(scene, first.secret)).value, 'key-ended');
  await scene.done(changeUser(scene.deps, await scene.as('adam'), { ...asked, endsReportedKeys: false }));
  assert.equal((await revoke(scene, second.secret)).value, 'reported');
});
