import assert from 'node:assert/strict';
import { DAY_MS, formatInstant, instant, lifespan, utcDayOf } from '@claviger/core';
import { openSqlite } from '@claviger/storage';
import { afterAll, beforeAll, test } from 'vitest';
import { applyPolicy } from './apply-policy.ts';
import { changeExpirationPolicy } from './change-expiration-policy.ts';
import { changeUserExpirationPolicy } from './change-user-expiration-policy.ts';
import { disableKey } from './disable-key.ts';
import { forceExpireKey } from './force-expire-key.ts';
import { previewPolicyApplication } from './preview-policy-application.ts';
import { rotateKey } from './rotate-key.ts';
import { testKey } from './test-key.ts';
import { type Installation, openInstallation } from './testing/installation.ts';
import { apply, days, endOf, preview, setPolicy, TERMS } from './testing/policy-steps.ts';
import { type Name, openScene, START } from './testing/scene.ts';

let installation: Installation;
beforeAll(async () => {
  installation = await openInstallation('apply-policy', openSqlite);
});
afterAll(() => installation.close());

test('what was previewed is done, with an event for each key and one for all (E6, A1)', async () => {
  const scene = await openScene(installation);
  const made = [await scene.give('olga'), await scene.give('rita'), await scene.give('rita')];
  const free = await scene.give('rita', { kind: 'write_only' });
  await setPolicy(scene, 10);
  const shown = await preview(scene);
  assert.deepEqual(shown.plan.counts, { keys: 3, owners: 2, inUse: 0 });
  assert.equal(shown.plan.mostPerDay, 1);
  assert.deepEqual(
    shown.plan.spread.map(({ keys }) => keys),
    [1, 1, 1],
  );
  assert.deepEqual(new Set(shown.keys.map(({ key }) => key.id)), new Set(made.map(({ key }) => key.id)));
  const { names, events, value } = await scene.done(apply(scene, shown));
  assert.deepEqual(names, [
    'key.expiry_shortened',
    'key.expiry_shortened',
    'key.expiry_shortened',
    'expiration_policy.applied',
  ]);
  assert.deepEqual(value.counts, shown.plan.counts);
  for (const { key, expiresAt } of shown.keys) {
    assert.equal(await endOf(scene, { key }), expiresAt);
    const event = events.find(({ resource_id }) => resource_id === key.id);
    const expected = [{ attribute: 'expires_at', old: null, new: formatInstant(expiresAt) }];
    assert.deepEqual(JSON.parse(event?.changes ?? ''), expected);
  }
  assert.deepEqual(new Set(shown.keys.map(({ expiresAt }) => expiresAt)), new Set([days(30), days(31), days(32)]));
  assert.equal(await endOf(scene, free), null);
  const facts = Object.fromEntries(
    (JSON.parse(events.at(-1)?.changes ?? '') as { attribute: string; new: unknown }[]).map((change) => [
      change.attribute,
      change.new,
    ]),
  );
  assert.match(String(facts['preview_id']), /^[0-9a-f]{16}$/);
  assert.deepEqual(
    { ...facts, preview_id: null },
    {
      keys: 3,
      owners: 2,
      in_use: 0,
      notice_days: 30,
      max_share_percent: 10,
      previewed_at: formatInstant(START),
      preview_id: null,
    },
  );
});

test('each key gets the policy of its owner and kind; never for one user stays never (E2, E3)', async () => {
  const scene = await openScene(installation);
  const [ritas, robs, adams] = [await scene.give('rita'), await scene.give('rob'), await scene.give('adam')];
  const write = await scene.give('rita', { kind: 'write_only' });
  await setPolicy(scene, 90, 60);
  const own = async (name: Name, count: number | null) => {
    const input = { userId: (await scene.person(name)).id, policy: { master: lifespan(count) } };
    await scene.done(changeUserExpirationPolicy(scene.deps, await scene.as('olga'), input));
  };
  await own('rob', null);
  await own('adam', 200);
  await scene.done(apply(scene, await preview(scene, 'olga', { noticeDays: 1, maxSharePercent: 100 })));
  const ends = await Promise.all([ritas, robs, adams, write].map((made) => endOf(scene, made)));
  assert.deepEqual(ends, [days(90), null, days(200), days(60)]);
});

test('where users may only shorten, a longer policy of a user does not help (E3)', async () => {
  const scene = await openScene(installation);
  const made = await scene.give('rita');
  const input = { userId: (await scene.person('rita')).id, policy: { master: lifespan(300) } };
  await scene.done(changeUserExpirationPolicy(scene.deps, await scene.as('olga'), input));
  const shorter = { lifespans: { master: lifespan(90) }, usersMayOnlyShorten: true };
  await scene.done(changeExpirationPolicy(scene.deps, await scene.as('olga'), shorter));
  await scene.done(apply(scene, await preview(scene)));
  assert.equal(await endOf(scene, made), days(90));
});

test('only living keys take part: disabled ones do, dead ones stay as they are (E6, X2)', async () => {
  const scene = await openScene(installation);
  const olga = await scene.as('olga');
  const [disabled, forced, short] = [
    await scene.give('rita'),
    await scene.give('rita'),
    await scene.give('rita', { lifespan: lifespan(5) }),
  ];
  await scene.done(disableKey(scene.deps, olga, disabled.key.id));
  const ending = { keyId: forced.key.id, reason: 'other', note: null, isWithDescendants: false } as const;
  await scene.done(forceExpireKey(scene.deps, olga, ending));
  await setPolicy(scene, 30);
  const shown = await preview(scene);
  assert.deepEqual(
    shown.keys.map(({ key }) => key.id),
    [disabled.key.id],
  );
  await scene.done(apply(scene, shown));
  assert.deepEqual([await endOf(scene, forced), await endOf(scene, short)], [null, days(5)]);
  assert.equal((await scene.key(disabled.key.id))?.disabledAt, START);
});

test('an administrator applies the policy to the keys they manage, and is told how many are not (U3, K9)', async () => {
  const scene = await openScene(installation);
  const theirs = [await scene.give('adam'), await scene.give('rita')];
  const others = [await scene.give('olga'), await scene.give('ada'), await scene.give('ada', { kind: 'write_only' })];
  await setPolicy(scene, 30);
  const shown = await preview(scene, 'adam');
  assert.deepEqual([shown.plan.counts.keys, shown.plan.keysOfOthers], [2, 2]);
  await scene.done(apply(scene, shown, 'adam'));
  for (const made of theirs) assert.notEqual(await endOf(scene, made), null);
  for (const made of others) assert.equal(await endOf(scene, made), null);
  assert.equal((await preview(scene)).plan.keysOfOthers, 0);
});

test('restricted users neither preview nor apply (E3)', async () => {
  const scene = await openScene(installation);
  const rita = await scene.as('rita');
  const refusal = { kind: 'not-allowed', because: { rule: 'administrators-only' } };
  assert.deepEqual(await scene.refused(previewPolicyApplication(scene.deps, rita, TERMS)), refusal);
  assert.deepEqual(await scene.refused(applyPolicy(scene.deps, rita, { previewToken: 'x.y' })), refusal);
});

test('a key is in use for 30 days after it was used (E6)', async () => {
  const scene = await openScene(installation);
  const [lately, before] = [await scene.give('rita'), await scene.give('rita')];
  const uses = [
    { keyId: lately.key.id, at: days(-30) },
    { keyId: before.key.id, at: instant(days(-30) - 1) },
  ];
  await scene.store.flush({ uses, storable: scene.now });
  await setPolicy(scene, 30);
  const shown = await preview(scene);
  assert.equal(shown.plan.counts.inUse, 1);
  assert.equal(shown.keys.find(({ isInUse }) => isInUse)?.key.id, lately.key.id);
});

test('a rotation after it keeps the old secret to its shortened end, and gives the new one the policy (X5, E4)', async () => {
  const scene = await openScene(installation);
  const made = await scene.give('rita');
  await setPolicy(scene, 90);
  await scene.done(apply(scene, await preview(scene, 'olga', { noticeDays: 1, maxSharePercent: 10 })));
  assert.equal(await endOf(scene, made), days(90));
  scene.pass(80 * DAY_MS);
  const input = { keyId: made.key.id, overlapSeconds: 30 * 86_400 };
  const { value } = await scene.done(rotateKey(scene.deps, await scene.as('rita'), input));
  assert.equal(value.key.rotation?.previousEndsAt, days(90));
  assert.equal(value.key.expiresAt, days(170));
  scene.pass(10 * DAY_MS);
  const rita = await scene.as('rita');
  assert.equal((await scene.answered(testKey(scene.deps, rita, { key: made.secret }))).code, 'expired');
  assert.equal((await scene.answered(testKey(scene.deps, rita, { key: value.secret }))).code, 'allowed');
});

test('a key that was rotated under the policy is as the policy wants it (E4, E6)', async () => {
  const scene = await openScene(installation);
  const made = await scene.give('rita');
  scene.pass(400 * DAY_MS);
  await setPolicy(scene, 90);
  await scene.done(rotateKey(scene.deps, await scene.as('rita'), { keyId: made.key.id, overlapSeconds: 0 }));
  assert.equal((await preview(scene)).plan.counts.keys, 0);
});

test('a preview names a hundred keys, those that lose most first, and says that there are more (E6)', async () => {
  const scene = await openScene(installation);
  const finite = await scene.give('rob', { lifespan: lifespan(365) });
  for (let count = 0; count < 101; count += 1) await scene.give('rita');
  await setPolicy(scene, 30);
  const shown = await preview(scene);
  assert.deepEqual([shown.keys.length, shown.hasMore, shown.plan.counts.keys], [100, true, 102]);
  assert.ok(shown.keys.every(({ key }) => key.id !== finite.key.id));
  assert.equal(shown.plan.mostPerDay, 10);
  const byDay = Map.groupBy(shown.plan.planned, ({ expiresAt }) => utcDayOf(expiresAt));
  assert.ok([...byDay.values()].every((keys) => keys.length <= 10));
});
