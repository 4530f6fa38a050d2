import assert from 'node:assert/strict';
import { DEFAULT_CATALOGUE, newPolicyId, POLICIES_PER_USER_MOST, type PolicyId } from '@claviger/core';
import { openSqlite } from '@claviger/storage';
import { afterAll, beforeAll, test } from 'vitest';
import { attachPolicy } from './attach-policy.ts';
import { createPolicy } from './create-policy.ts';
import { deletePolicy } from './delete-policy.ts';
import { detachPolicy } from './detach-policy.ts';
import { editPolicy } from './edit-policy.ts';
import { findPolicy } from './find-policy.ts';
import { listPolicies } from './list-policies.ts';
import { showCatalogue } from './show-catalogue.ts';
import { showEffectivePermissions } from './show-effective-permissions.ts';
import { type Installation, openInstallation } from './testing/installation.ts';
import { type Name, onDatabase, openScene, type Scene } from './testing/scene.ts';

let installation: Installation;
beforeAll(async () => {
  installation = await openInstallation('policies', openSqlite);
});
afterAll(() => installation.close());

const NOT_ALLOWED = { kind: 'not-allowed', because: { rule: 'administrators-only' } };
const SALES = { name: 'Sales', description: 'Reads sales', permissions: [onDatabase('query', 'sales*')] };

async function effective(scene: Scene, caller: Name, of: Name) {
  return showEffectivePermissions(scene.deps, await scene.as(caller), (await scene.person(of)).id);
}

async function attach(scene: Scene, caller: Name, policyId: PolicyId, of: Name) {
  return attachPolicy(scene.deps, await scene.as(caller), { policyId, userId: (await scene.person(of)).id });
}

async function detach(scene: Scene, caller: Name, policyId: PolicyId, of: Name) {
  return detachPolicy(scene.deps, await scene.as(caller), { policyId, userId: (await scene.person(of)).id });
}

test('a policy is created, edited and deleted by administrators, with one event each (P2, P5)', async () => {
  const scene = await openScene(installation);
  const adam = await scene.as('adam');
  const created = await scene.done(createPolicy(scene.deps, adam, SALES));
  assert.deepEqual(created.names, ['policy.created']);
  const { id: policyId } = created.value;
  const permissions = [onDatabase('import', 'sales')];
  const edited = await scene.done(editPolicy(scene.deps, adam, { policyId, edit: { permissions, description: null } }));
  assert.deepEqual(edited.names, ['policy.changed']);
  assert.deepEqual(edited.value, { ...created.value, permissions, description: null });
  const found = await scene.answered(findPolicy(scene.deps, await scene.as('olga'), policyId));
  assert.deepEqual(found, { policy: edited.value, userIds: [] });
  assert.deepEqual((await scene.done(editPolicy(scene.deps, adam, { policyId, edit: { permissions } }))).names, []);
  assert.deepEqual((await scene.done(deletePolicy(scene.deps, adam, policyId))).names, ['policy.deleted']);
  const gone = { kind: 'policy-not-found', policyId };
  assert.deepEqual(await scene.refused(findPolicy(scene.deps, adam, policyId)), gone);
  assert.deepEqual(await scene.refused(deletePolicy(scene.deps, adam, policyId)), gone);
  assert.deepEqual(await scene.refused(editPolicy(scene.deps, adam, { policyId, edit: { name: 'x' } })), gone);
});

test('restricted users create, edit, delete, attach and detach nothing, least of all for themselves (P5, U3)', async () => {
  const scene = await openScene(installation);
  const policyId = await scene.policy([onDatabase('query', 'a')], 'rita');
  const rita = await scene.as('rita');
  const attempts = [
    createPolicy(scene.deps, rita, SALES),
    editPolicy(scene.deps, rita, { policyId, edit: { permissions: [onDatabase('manage', '*')] } }),
    deletePolicy(scene.deps, rita, policyId),
    attach(scene, 'rita', policyId, 'rita'),
    attach(scene, 'rita', policyId, 'rob'),
    detach(scene, 'rita', policyId, 'rita'),
  ];
  for (const attempt of attempts) assert.deepEqual(await scene.refused(attempt), NOT_ALLOWED);
});

test('what the catalogue does not know is refused, in new policies and in edits (P3)', async () => {
  const scene = await openScene(installation);
  const policyId = await scene.policy([]);
  const unknown = { resourceType: 'bucket', operation: 'query', ids: ['*'] };
  const permissions = [onDatabase('query', 'a'), unknown];
  const refusal = { kind: 'unknown-operation', pointer: '/permissions/1', permission: unknown };
  const olga = await scene.as('olga');
  assert.deepEqual(await scene.refused(createPolicy(scene.deps, olga, { ...SALES, permissions })), refusal);
  assert.deepEqual(await scene.refused(editPolicy(scene.deps, olga, { policyId, edit: { permissions } })), refusal);
});

test('a user may do the union of the attached policies, from the moment of attaching on (P1, P4)', async () => {
  const scene = await openScene(installation);
  const query = await scene.policy([onDatabase('query', 'sales*')]);
  const manage = await scene.policy([onDatabase('manage', 'web')]);
  assert.deepEqual(await scene.answered(effective(scene, 'rita', 'rita')), []);
  assert.deepEqual((await scene.done(attach(scene, 'adam', query, 'rita'))).names, ['policy.attached']);
  assert.deepEqual((await scene.done(attach(scene, 'adam', query, 'rita'))).names, []);
  await scene.done(attach(scene, 'olga', manage, 'rita'));
  assert.deepEqual(await scene.answered(effective(scene, 'rita', 'rita')), [
    onDatabase('query', 'sales*', 'web'),
    onDatabase('edit', 'web'),
    onDatabase('import', 'web'),
    onDatabase('download', 'web'),
    onDatabase('manage', 'web'),
  ]);
  assert.deepEqual((await scene.done(detach(scene, 'adam', manage, 'rita'))).names, ['policy.detached']);
  assert.deepEqual((await scene.done(detach(scene, 'adam', manage, 'rita'))).names, []);
  assert.deepEqual(await scene.answered(effective(scene, 'adam', 'rita')), [onDatabase('query', 'sales*')]);
  assert.deepEqual((await scene.done(deletePolicy(scene.deps, await scene.as('adam'), query))).names, [
    'policy.detached',
    'policy.deleted',
  ]);
  assert.deepEqual(await scene.answered(effective(scene, 'rita', 'rita')), []);
});

test('policies are attached to users one manages (U3, T1)', async () => {
  const scene = await openScene(installation);
  const policyId = await scene.policy([]);
  for (const of of ['ada', 'olga'] as const) {
    for (const command of [attach, detach]) {
      const refusal = await scene.refused(command(scene, 'adam', policyId, of));
      assert.equal(refusal.kind === 'not-allowed' && refusal.because.rule, 'user-not-managed');
    }
  }
  await scene.done(attach(scene, 'adam', policyId, 'adam'));
  await scene.done(attach(scene, 'olga', policyId, 'ada'));
  const foreign = await openScene(installation);
  const { id: userId } = await foreign.person('rita');
  const olga = await scene.as('olga');
  assert.equal((await scene.refused(attachPolicy(scene.deps, olga, { policyId, userId }))).kind, 'user-not-found');
  const theirs = await foreign.policy([onDatabase('manage', '*')]);
  const { id: rita } = await scene.person('rita');
  const refusal = await scene.refused(attachPolicy(scene.deps, olga, { policyId: theirs, userId: rita }));
  assert.deepEqual(refusal, { kind: 'policy-not-found', policyId: theirs });
  const never = newPolicyId(scene.deps.randomBytes);
  const absent = await scene.refused(attachPolicy(scene.deps, olga, { policyId: never, userId: rita }));
  assert.deepEqual(absent, { kind: 'policy-not-found', policyId: never });
});

test('a user has at most so many policies, exactly', async () => {
  const scene = await openScene(installation);
  const { id: userId } = await scene.person('rita');
  const last = await scene.arrange(async (change) => {
    const ids = Array.from({ length: POLICIES_PER_USER_MOST + 1 }, () => newPolicyId(scene.deps.randomBytes));
    for (const [index, id] of ids.entries()) {
      const policy = {
        id,
        accountId: scene.account.id,
        name: 'P',
        description: null,
        permissions: [],
        createdAt: scene.now,
      };
      await change.policies.create(policy);
      const user = await change.read.users.find(scene.account.id, userId);
      if (user !== null && index < POLICIES_PER_USER_MOST - 1) await change.policies.attach(policy, user);
    }
    return ids.slice(-2) as [PolicyId, PolicyId];
  });
  await scene.done(attach(scene, 'olga', last[0], 'rita'));
  const held = POLICIES_PER_USER_MOST;
  const refusal = await scene.refused(attach(scene, 'olga', last[1], 'rita'));
  assert.deepEqual(refusal, { kind: 'too-many-policies', userId, held, most: held });
  assert.deepEqual((await scene.done(attach(scene, 'olga', last[0], 'rita'))).names, []);
});

test('any user reads their own policies, and no others (P5)', async () => {
  const scene = await openScene(installation);
  const hers = await scene.policy([], 'rita', 'rob');
  const his = await scene.policy([], 'rob');
  const page = { cursor: null, limit: 20 };
  const rita = await scene.as('rita');
  const listed = await scene.answered(listPolicies(scene.deps, rita, page));
  assert.deepEqual(
    listed.items.map(({ id }) => id),
    [hers],
  );
  const { id } = await scene.person('rita');
  assert.deepEqual((await scene.answered(findPolicy(scene.deps, rita, hers))).userIds, [id]);
  assert.deepEqual(await scene.refused(findPolicy(scene.deps, rita, his)), { kind: 'policy-not-found', policyId: his });
  const all = await scene.answered(listPolicies(scene.deps, await scene.as('adam'), page));
  assert.equal(all.items.length, 2);
  assert.equal((await scene.answered(findPolicy(scene.deps, await scene.as('adam'), hers))).userIds.length, 2);
});

test('effective permissions are read by the user and those who manage them (P5, P1)', async () => {
  const scene = await openScene(installation);
  const everything = [{ resourceType: '*', operation: '*', ids: ['*'] }];
  assert.deepEqual(await scene.answered(effective(scene, 'olga', 'adam')), everything);
  assert.deepEqual(await scene.answered(effective(scene, 'adam', 'adam')), everything);
  assert.equal((await scene.refused(effective(scene, 'adam', 'ada'))).kind, 'not-allowed');
  assert.equal((await scene.refused(effective(scene, 'rita', 'rob'))).kind, 'user-not-found');
});

test('the catalogue is shown to those who make policies of it (P3)', async () => {
  const scene = await openScene(installation);
  assert.deepEqual(await scene.answered(showCatalogue(scene.deps, await scene.as('adam'))), DEFAULT_CATALOGUE);
  assert.deepEqual(await scene.refused(showCatalogue(scene.deps, await scene.as('rita'))), NOT_ALLOWED);
});
