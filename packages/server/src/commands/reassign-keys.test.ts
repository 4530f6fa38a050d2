import assert from 'node:assert/strict';
import { type UserId } from '@claviger/core';
import { openSqlite } from '@claviger/storage';
import { afterAll, beforeAll, test } from 'vitest';
import { changeUser } from './change-user.ts';
import { createServiceAccount } from './create-service-account.ts';
import { deleteUser } from './delete-user.ts';
import { enableKey } from './enable-key.ts';
import { rotateKey } from './rotate-key.ts';
import { asFormer, mailsOf, permissionsOf, previewOf, remove, tested, type To } from './testing/deleting.ts';
import { type Installation, openInstallation } from './testing/installation.ts';
import { type Name, onDatabase, openScene, type Scene } from './testing/scene.ts';

let installation: Installation;
beforeAll(async () => {
  installation = await openInstallation('reassign-keys', openSqlite);
});
afterAll(() => installation.close());

test('reassigned keys keep their text and do what they could do before, no more (U4, K5)', async () => {
  const scene = await openScene(installation);
  await scene.policy([onDatabase('query', 'a*'), onDatabase('import', 'b')], 'rita');
  const plain = await scene.give('rita');
  const narrowed = await scene.give('rita', { permissions: [onDatabase('query', 'ab')] });
  const writing = await scene.give('rita', { kind: 'write_only' });
  await scene.done(rotateKey(scene.deps, await scene.as('rita'), { keyId: plain.key.id, overlapSeconds: 600 }));
  const { names, value } = await scene.done(remove(scene, ['olga', 'rita', 'adam']));
  assert.deepEqual(names, [...Array(3).fill('key.reassigned'), 'session.ended', 'policy.detached', 'user.deleted']);
  assert.equal(value.reassignment?.narrowed, 2);
  const could = [onDatabase('query', 'a*'), onDatabase('import', 'b')];
  assert.deepEqual(await tested(scene, plain), { code: 'allowed', permissions: could });
  assert.deepEqual(await tested(scene, narrowed), { code: 'allowed', permissions: [onDatabase('query', 'ab')] });
  assert.deepEqual(await tested(scene, writing), { code: 'allowed', permissions: [onDatabase('import', 'b')] });
  assert.equal((await scene.key(plain.key.id))?.ownerId, (await scene.person('adam')).id);
});

test('a reassigned key follows its new owner as well: with less, it does less (U4, K4)', async () => {
  const scene = await openScene(installation);
  await scene.policy([onDatabase('query', 'a*')], 'rita');
  await scene.policy([onDatabase('query', 'ab')], 'rob');
  const made = await scene.give('rita');
  await scene.done(remove(scene, ['adam', 'rita', 'rob']));
  assert.deepEqual((await tested(scene, made)).permissions, [onDatabase('query', 'ab')]);
});

test('the Owner may widen: the keys stay as they were, and the preview says what that adds (U4)', async () => {
  const scene = await openScene(installation);
  await scene.policy([onDatabase('query', 'a*')], 'rita');
  await scene.policy([onDatabase('query', '*'), onDatabase('import', 'b')], 'rob');
  const [plain, writing] = [await scene.give('rita'), await scene.give('rita', { kind: 'write_only' })];
  const preview = await previewOf(scene, ['olga', 'rita', 'rob']);
  assert.deepEqual(preview.reassignment?.widenAdds, [onDatabase('query', '*'), onDatabase('import', 'b')]);
  const toAdam = await previewOf(scene, ['olga', 'rita', 'adam']);
  assert.deepEqual(toAdam.reassignment?.widenAdds[0], { resourceType: '*', operation: '*', ids: ['*'] });
  await scene.done(remove(scene, ['olga', 'rita', 'rob'], { isWidening: true }));
  assert.equal(await permissionsOf(scene, plain), null);
  assert.deepEqual((await tested(scene, writing)).permissions, [onDatabase('import', 'b')]);
});

test('nobody but the Owner widens (U4)', async () => {
  const scene = await openScene(installation);
  const refusal = await scene.refused(remove(scene, ['adam', 'rita', 'rob'], { isWidening: true }));
  assert.deepEqual(refusal, { kind: 'not-allowed', because: { rule: 'owner-only' } });
});

test('keys pass to a user whom one manages, who is there, enabled and somebody else (U3, U4)', async () => {
  const scene = await openScene(installation);
  const [rita, rob] = [await scene.person('rita'), await scene.person('rob')];
  const foreign = (await (await openScene(installation)).person('rob')).id;
  const pointer = '/new_owner_id';
  const by = async (caller: Name, to: To) => scene.refused(remove(scene, [caller, 'rita', to]));
  for (const to of ['ada', 'olga'] as const) {
    const refusal = await by('adam', to);
    assert.equal(refusal.kind === 'not-allowed' && refusal.because.rule, 'user-not-managed');
  }
  assert.deepEqual(await by('olga', foreign), { kind: 'user-not-found', userId: foreign, pointer });
  assert.deepEqual(await by('olga', 'rita'), {
    kind: 'unfit-new-owner',
    pointer,
    userId: rita.id,
    why: 'is-being-deleted',
  });
  await scene.arrange((change) => change.users.disable(rob));
  assert.deepEqual(await by('adam', 'rob'), { kind: 'unfit-new-owner', pointer, userId: rob.id, why: 'is-disabled' });
  for (const [caller, to] of [
    ['adam', 'adam'],
    ['olga', 'ada'],
    ['olga', 'olga'],
  ] as const) {
    await previewOf(scene, [caller, 'rita', to]);
  }
});

test('an administrator’s key manages no more than before when it passes to the Owner (U4, U3, K14)', async () => {
  const scene = await openScene(installation);
  const made = await scene.give('adam');
  const { value } = await scene.done(remove(scene, ['olga', 'adam', 'olga']));
  assert.equal(value.reassignment?.narrowed, 1);
  assert.deepEqual(await permissionsOf(scene, made), [onDatabase('manage', '*')]);
  const owner = await asFormer(scene, await scene.person('olga'), made);
  const { user } = value;
  const byKey = deleteUser(scene.deps, owner, { userId: user.id, reassignment: null, isPreview: true });
  assert.equal((await scene.refused(byKey)).kind, 'narrowed-key');
});

test('keys of a disabled user do not start again by passing on (U4, U5)', async () => {
  const scene = await openScene(installation);
  await scene.policy([onDatabase('query', 'a')], 'rita', 'rob');
  const made = await scene.give('rita');
  const rita = await scene.person('rita');
  await scene.arrange((change) => change.users.disable(rita));
  const { value } = await scene.done(remove(scene, ['adam', 'rita', 'rob']));
  assert.deepEqual([value.keyCounts.working, value.keyCounts.standingStill], [0, 1]);
  assert.equal((await tested(scene, made)).code, 'disabled');
  await scene.done(enableKey(scene.deps, await scene.as('rob'), made.key.id));
  assert.deepEqual(await tested(scene, made), { code: 'allowed', permissions: [onDatabase('query', 'a')] });
});

test('a key that waits for its owner’s rotation waits for the new one’s (U3, U4, X5)', async () => {
  const scene = await openScene(installation);
  const made = await scene.give('adam', { ownerId: (await scene.person('rita')).id });
  await scene.done(
    changeUser(scene.deps, await scene.as('adam'), { userId: made.key.ownerId, userType: 'administrator' }),
  );
  await scene.done(remove(scene, ['olga', 'rita', 'ada']));
  const keyId = made.key.id;
  assert.equal((await scene.refused(enableKey(scene.deps, await scene.as('ada'), keyId))).kind, 'key-awaits-rotation');
  await scene.done(rotateKey(scene.deps, await scene.as('ada'), { keyId, overlapSeconds: 0 }));
  assert.equal((await scene.key(keyId))?.disabledAt, null);
});

test('a reassigned key does not rise with its new owner: the old one still knows it (U3, U4)', async () => {
  const scene = await openScene(installation);
  const made = await scene.give('rob', {});
  const child = await scene.give('rita');
  await scene.done(remove(scene, ['olga', 'rob', 'rita']));
  const { id: userId } = await scene.person('rita');
  await scene.done(changeUser(scene.deps, await scene.as('olga'), { userId, userType: 'administrator' }));
  assert.equal((await scene.key(made.key.id))?.disabledReason, 'promotion');
  assert.equal((await tested(scene, child)).code, 'allowed');
});

test('the limit of keys holds for the new owner, with the very last key that fits (K3)', async () => {
  const scene = await openScene(installation, { keysPerUserMost: 3 });
  const newOwnerId = (await scene.person('rob')).id;
  await scene.give('rob');
  for (let made = 0; made < 3; made += 1) await scene.give('rita');
  const refusal = await scene.refused(remove(scene, ['adam', 'rita', 'rob']));
  assert.deepEqual(refusal, { kind: 'too-many-keys-to-reassign', newOwnerId, held: 1, added: 3, most: 3 });
  const [last] = await keysOf(scene, (await scene.person('rita')).id);
  await scene.arrange(async (change) => last !== undefined && change.keys.delete(last));
  await scene.done(remove(scene, ['adam', 'rita', 'rob']));
  assert.equal((await keysOf(scene, newOwnerId)).length, 3);
});

async function keysOf(scene: Scene, ownerId: UserId) {
  const filter = { accountId: scene.account.id, ownerIds: [ownerId], now: scene.now, reminderDays: 30 };
  return (await scene.store.read((reader) => reader.keys.list(filter, { cursor: null, limit: 100 }))).items;
}

test('rights that make too long a list for a narrowing are refused before anything is done (U4, A1)', async () => {
  const scene = await openScene(installation);
  const names = (start: string) => Array.from({ length: 60 }, (_, index) => `${start}${index}`);
  await scene.policy([onDatabase('query', ...names('a'))], 'rita');
  await scene.policy([onDatabase('query', ...names('b'))], 'rita');
  const made = await scene.give('rita');
  const refusal = await scene.refused(remove(scene, ['olga', 'rita', 'rob']));
  assert.deepEqual(refusal, { kind: 'narrowing-too-large', keyId: made.key.id, permissions: 1, names: 120 });
  await scene.done(remove(scene, ['olga', 'rita', 'rob'], { isWidening: true }));
});

test('the new owner is told by mail which keys came from whom (U4); for a service account its contacts are (U6)', async () => {
  const scene = await openScene(installation);
  const made = await scene.give('rita');
  const [rob, ada] = [await scene.person('rob'), await scene.person('ada')];
  const { value: service } = await scene.done(
    createServiceAccount(scene.deps, await scene.as('olga'), { name: 'CI', contacts: [rob.id, ada.id] }),
  );
  await scene.done(remove(scene, ['olga', 'rita', service.user.id]));
  const { id, name, kind, hint } = made.key;
  const facts = { formerOwner: 'rita', by: 'olga', isWidened: false, keys: [{ id, name, kind, hint }] };
  assert.deepEqual(
    mailsOf(installation, scene),
    [rob, ada].map(({ email }) => ({ recipient: email, template: 'keys_reassigned', facts })),
  );
});

test('nobody is written to about keys that are deleted, or that there are none of (U4)', async () => {
  const scene = await openScene(installation);
  await scene.give('rita');
  await scene.done(remove(scene, ['olga', 'rita', null]));
  await scene.done(remove(scene, ['olga', 'rob', 'ada']));
  assert.deepEqual(mailsOf(installation, scene), []);
});
