import assert from 'node:assert/strict';
import { DAY_MS, lifespan, plusMs, PREVIEW_MS } from '@claviger/core';
import { openSqlite } from '@claviger/storage';
import { afterAll, beforeAll, test } from 'vitest';
import { applyPolicy } from './apply-policy.ts';
import { changeUserExpirationPolicy } from './change-user-expiration-policy.ts';
import { forceExpireKey } from './force-expire-key.ts';
import { previewPolicyApplication } from './preview-policy-application.ts';
import { rotateKey } from './rotate-key.ts';
import { type Installation, openInstallation } from './testing/installation.ts';
import { apply, days, endOf, preview, setPolicy, TERMS } from './testing/policy-steps.ts';
import { openScene, type Scene, START } from './testing/scene.ts';

let installation: Installation;
beforeAll(async () => {
  installation = await openInstallation('preview-token', openSqlite);
});
afterAll(() => installation.close());

test('a key previews, only a session that was proven of late applies (U8)', async () => {
  const scene = await openScene(installation);
  const made = await scene.give('olga');
  await setPolicy(scene, 30);
  const byKey = await scene.asKey(made);
  const { token } = await scene.answered(previewPolicyApplication(scene.deps, byKey, TERMS));
  const asked = { previewToken: token };
  assert.deepEqual(await scene.refused(applyPolicy(scene.deps, byKey, asked)), { kind: 'session-required' });
  const olga = await scene.as('olga');
  const stale = { ...olga, change: { ...olga.change, now: plusMs(scene.now, 900_001) } };
  assert.equal((await scene.refused(applyPolicy(scene.deps, stale, asked))).kind, 'fresh-proof-required');
  await scene.done(applyPolicy(scene.deps, olga, asked));
});

test('a token of somebody else, of another account, of another act or made up is wrong, and nothing is done (E6, T1)', async () => {
  const scene = await openScene(installation);
  await scene.give('rita');
  await setPolicy(scene, 30);
  const { token } = await preview(scene);
  const elsewhere = await openScene(installation);
  const foreign = (await preview(elsewhere)).token;
  const [said = '', mac = ''] = token.split('.');
  const last = mac.endsWith('0') ? '1' : '0';
  const longer = Buffer.from(JSON.stringify([START, 'x', TERMS])).toString('base64url');
  const wrong = [
    foreign,
    `${said}.${mac.slice(0, -1)}${last}`,
    `${longer}.${mac}`,
    said,
    `${said}.`,
    `.${mac}`,
    'x',
    '',
  ];
  for (const text of wrong) {
    assert.deepEqual(await scene.refused(apply(scene, { token: text })), { kind: 'preview-token-wrong' });
  }
  assert.deepEqual(await scene.refused(apply(scene, { token }, 'adam')), { kind: 'preview-token-wrong' });
  await scene.done(apply(scene, { token }));
});

test('a token is good for an hour, its last millisecond included, and once (E6)', async () => {
  const scene = await openScene(installation);
  await scene.give('rita');
  await setPolicy(scene, 30);
  const [shown, late] = [await preview(scene), await preview(scene, 'olga', { noticeDays: 2, maxSharePercent: 10 })];
  scene.pass(PREVIEW_MS - 1);
  await scene.done(apply(scene, shown));
  const used = { kind: 'preview-used', previewedAt: START };
  assert.deepEqual(await scene.refused(apply(scene, shown)), used);
  scene.pass(1);
  const expired = { kind: 'preview-expired', previewedAt: START, validMs: PREVIEW_MS };
  assert.deepEqual(await scene.refused(apply(scene, late)), expired);
});

test('the notice counts from the preview, also when it is acted on later (E6)', async () => {
  const scene = await openScene(installation);
  const made = await scene.give('rita');
  await setPolicy(scene, 1);
  const shown = await preview(scene);
  scene.pass(PREVIEW_MS / 2);
  await scene.done(apply(scene, shown));
  assert.equal(await endOf(scene, made), days(30));
});

test('when a key, a policy or a user changed since, nothing at all is done (E6)', async () => {
  const disturbances: readonly ((scene: Scene, made: Awaited<ReturnType<Scene['give']>>) => Promise<unknown>)[] = [
    async (scene, { key }) =>
      scene.done(rotateKey(scene.deps, await scene.as('rita'), { keyId: key.id, overlapSeconds: 0 })),
    async (scene, { key }) => {
      const input = { keyId: key.id, reason: 'other', note: null, isWithDescendants: false } as const;
      return scene.done(forceExpireKey(scene.deps, await scene.as('rita'), input));
    },
    (scene) => setPolicy(scene, 31),
    async (scene) => {
      const input = { userId: (await scene.person('rita')).id, policy: { master: lifespan(77) } };
      return scene.done(changeUserExpirationPolicy(scene.deps, await scene.as('olga'), input));
    },
    async (scene) => {
      const rita = await scene.person('rita');
      return scene.arrange((change) => change.users.changeType(rita, 'administrator'));
    },
  ];
  for (const disturb of disturbances) {
    const scene = await openScene(installation);
    const [made, other] = [await scene.give('rita'), await scene.give('rob')];
    await setPolicy(scene, 40);
    const shown = await preview(scene, 'adam');
    scene.pass(1000);
    await disturb(scene, made);
    const outdated = { kind: 'preview-outdated', previewedAt: START };
    assert.deepEqual(await scene.refused(apply(scene, shown, 'adam')), outdated);
    assert.equal(await endOf(scene, other), null);
  }
});

test('keys that are made or used meanwhile change nothing of what was previewed (E6)', async () => {
  const scene = await openScene(installation);
  const made = await scene.give('rita');
  await setPolicy(scene, 30);
  const shown = await preview(scene);
  scene.pass(1000);
  await scene.store.flush({ uses: [{ keyId: made.key.id, at: scene.now }], storable: scene.now });
  const fresh = await scene.give('rita');
  const { value } = await scene.done(apply(scene, shown));
  assert.deepEqual(value.counts, { keys: 1, owners: 1, inUse: 1 });
  assert.equal(await endOf(scene, fresh), plusMs(scene.now, 30 * DAY_MS));
});

test('when there is nothing to shorten, nothing is done and nothing recorded (E6)', async () => {
  const scene = await openScene(installation);
  await scene.give('rita');
  const shown = await preview(scene);
  assert.deepEqual([shown.plan.counts.keys, shown.hasMore], [0, false]);
  assert.deepEqual((await scene.done(apply(scene, shown))).names, []);
});
