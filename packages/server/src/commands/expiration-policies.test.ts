import assert from 'node:assert/strict';
import { lifespan, type UserExpirationPolicy } from '@claviger/core';
import { openSqlite } from '@claviger/storage';
import { afterAll, beforeAll, test } from 'vitest';
import { changeExpirationPolicy } from './change-expiration-policy.ts';
import { changeReminderSettings } from './change-reminder-settings.ts';
import { changeUserExpirationPolicy } from './change-user-expiration-policy.ts';
import { showExpirationPolicy } from './show-expiration-policy.ts';
import { showReminderSettings } from './show-reminder-settings.ts';
import { showUserExpirationPolicy } from './show-user-expiration-policy.ts';
import { type Installation, openInstallation } from './testing/installation.ts';
import { type Name, openScene, type Scene } from './testing/scene.ts';

let installation: Installation;
beforeAll(async () => {
  installation = await openInstallation('expiration-policies', openSqlite);
});
afterAll(() => installation.close());

const NOT_ALLOWED = { kind: 'not-allowed', because: { rule: 'administrators-only' } };

async function setFor(scene: Scene, caller: Name, of: Name, policy: UserExpirationPolicy) {
  const { id: userId } = await scene.person(of);
  return changeUserExpirationPolicy(scene.deps, await scene.as(caller), { userId, policy });
}

test("the Owner and administrators set the account's policy, per kind; an absent kind stays (E1, E2)", async () => {
  const scene = await openScene(installation);
  const first = { lifespans: { master: lifespan(90), write_only: lifespan(365) } };
  const set = await scene.done(changeExpirationPolicy(scene.deps, await scene.as('adam'), first));
  assert.deepEqual(set.names, ['expiration_policy.changed']);
  assert.equal(set.events[0]?.affected_user_id, '');
  const second = { lifespans: { master: lifespan(null) } };
  await scene.done(changeExpirationPolicy(scene.deps, await scene.as('olga'), second));
  const shown = await scene.answered(showExpirationPolicy(scene.deps, await scene.as('adam')));
  assert.deepEqual(shown, { lifespans: { master: null, write_only: 365 }, usersMayOnlyShorten: false });
  assert.deepEqual((await scene.done(changeExpirationPolicy(scene.deps, await scene.as('olga'), second))).names, []);
});

test('account-wide settings are neither set nor shown for restricted users', async () => {
  const scene = await openScene(installation);
  const rita = await scene.as('rita');
  const lifespans = { master: lifespan(1) };
  assert.deepEqual(await scene.refused(changeExpirationPolicy(scene.deps, rita, { lifespans })), NOT_ALLOWED);
  assert.deepEqual(await scene.refused(showExpirationPolicy(scene.deps, rita)), NOT_ALLOWED);
  assert.deepEqual(await scene.refused(changeReminderSettings(scene.deps, rita, { daysBefore: 1 })), NOT_ALLOWED);
  assert.deepEqual(await scene.refused(showReminderSettings(scene.deps, rita)), NOT_ALLOWED);
});

test("only the Owner decides that users' policies may only shorten; not saying keeps the decision (E3)", async () => {
  const scene = await openScene(installation);
  const decide = async (name: Name, usersMayOnlyShorten: boolean) =>
    changeExpirationPolicy(scene.deps, await scene.as(name), { lifespans: {}, usersMayOnlyShorten });
  const ownerOnly = { kind: 'not-allowed', because: { rule: 'owner-only' } };
  assert.deepEqual(await scene.refused(decide('adam', true)), ownerOnly);
  assert.deepEqual((await scene.done(decide('adam', false))).names, []);
  assert.deepEqual((await scene.done(decide('olga', true))).names, ['expiration_policy.changed']);
  assert.deepEqual(await scene.refused(decide('adam', false)), ownerOnly);
  const silent = changeExpirationPolicy(scene.deps, await scene.as('adam'), { lifespans: { master: lifespan(5) } });
  assert.equal((await scene.done(silent)).value.usersMayOnlyShorten, true);
});

test('administrators set the policy of restricted users and their own, the Owner of anyone, nobody else of anybody (E3)', async () => {
  const scene = await openScene(installation);
  const policy = { master: lifespan(30) };
  for (const [caller, of] of [
    ['adam', 'rita'],
    ['adam', 'adam'],
    ['olga', 'ada'],
    ['olga', 'olga'],
  ] as const) {
    const { names, events } = await scene.done(setFor(scene, caller, of, policy));
    assert.deepEqual(names, ['expiration_policy.changed']);
    assert.equal(events[0]?.affected_user_id, (await scene.person(of)).id);
  }
  for (const of of ['ada', 'olga'] as const) {
    const refusal = await scene.refused(setFor(scene, 'adam', of, {}));
    assert.equal(refusal.kind === 'not-allowed' && refusal.because.rule, 'user-not-managed');
  }
  assert.deepEqual(await scene.refused(setFor(scene, 'rita', 'rita', {})), NOT_ALLOWED);
  const { id: userId } = await scene.person('rob');
  assert.deepEqual(await scene.refused(setFor(scene, 'rita', 'rob', {})), {
    kind: 'user-not-found',
    userId,
    pointer: null,
  });
});

test("a user's policy replaces the account's by kind, and taking it away brings the account's back (E3)", async () => {
  const scene = await openScene(installation);
  const lifespans = { master: lifespan(90), write_only: lifespan(60) };
  await scene.done(changeExpirationPolicy(scene.deps, await scene.as('olga'), { lifespans }));
  const set = await scene.done(setFor(scene, 'adam', 'rita', { master: lifespan(null) }));
  assert.deepEqual(set.value, { own: { master: null }, inForce: { master: null, write_only: 60 } });
  const { id } = await scene.person('rita');
  const shown = await scene.answered(showUserExpirationPolicy(scene.deps, await scene.as('rita'), id));
  assert.deepEqual(shown, set.value);
  const taken = await scene.done(setFor(scene, 'adam', 'rita', {}));
  assert.deepEqual(taken.names, ['expiration_policy.changed']);
  assert.deepEqual(taken.value, { own: {}, inForce: lifespans });
  assert.deepEqual((await scene.done(setFor(scene, 'adam', 'rita', {}))).names, []);
});

test("where users' policies may only shorten a longer one is refused, also by the Owner, and older ones are cut (E3)", async () => {
  const scene = await openScene(installation);
  await scene.done(setFor(scene, 'olga', 'rob', { master: lifespan(365) }));
  const lifespans = { master: lifespan(90), write_only: lifespan(null) };
  const olga = await scene.as('olga');
  await scene.done(changeExpirationPolicy(scene.deps, olga, { lifespans, usersMayOnlyShorten: true }));
  for (const asked of [91, null]) {
    for (const caller of ['adam', 'olga'] as const) {
      const refusal = await scene.refused(setFor(scene, caller, 'rita', { master: lifespan(asked) }));
      assert.deepEqual(refusal, { kind: 'user-policy-too-long', keyKind: 'master', asked, longest: 90 });
    }
  }
  await scene.done(setFor(scene, 'adam', 'rita', { master: lifespan(90), write_only: lifespan(null) }));
  const { id } = await scene.person('rob');
  const shown = await scene.answered(showUserExpirationPolicy(scene.deps, olga, id));
  assert.deepEqual(shown.inForce, { master: 90, write_only: null });
  assert.equal((await scene.give('rob')).key.lifespan, 90);
});

test('one sees the policy of those one manages (E3, U3)', async () => {
  const scene = await openScene(installation);
  const show = async (caller: Name, of: Name) =>
    showUserExpirationPolicy(scene.deps, await scene.as(caller), (await scene.person(of)).id);
  await scene.answered(show('adam', 'rita'));
  assert.equal((await scene.refused(show('adam', 'ada'))).kind, 'not-allowed');
  assert.equal((await scene.refused(show('rita', 'rob'))).kind, 'user-not-found');
});

test('the Owner and administrators set the reminder period and its further steps, each once, longest first (R1, R4)', async () => {
  const scene = await openScene(installation);
  const asked = { daysBefore: 90, furtherSteps: [0, 14, 14] };
  const { names } = await scene.done(changeReminderSettings(scene.deps, await scene.as('adam'), asked));
  assert.deepEqual(names, ['reminder_settings.changed']);
  const shown = { daysBefore: 90, furtherSteps: [14, 0] };
  assert.deepEqual(await scene.answered(showReminderSettings(scene.deps, await scene.as('olga'))), shown);
  // Without further steps they stay as they are; none at all is a choice too.
  const again = changeReminderSettings(scene.deps, await scene.as('olga'), { daysBefore: 90 });
  assert.deepEqual((await scene.done(again)).names, []);
  const none = changeReminderSettings(scene.deps, await scene.as('olga'), { daysBefore: 90, furtherSteps: [] });
  assert.deepEqual((await scene.done(none)).value, { daysBefore: 90, furtherSteps: [] });
});
