import assert from 'node:assert/strict';
import { DAY_MS, instant, lifespan, plusMs, PREVIEW_MS } from '@claviger/core';
import { openSqlite } from '@claviger/storage';
import { afterAll, beforeAll, test } from 'vitest';
import { createKey } from './create-key.ts';
import { forceExpireKeys } from './force-expire-keys.ts';
import { forceExpireKey } from './force-expire-key.ts';
import { type ForceExpirePreview, type PreviewForceExpireInput, previewForceExpire } from './preview-force-expire.ts';
import { testKey } from './test-key.ts';
import { type Installation, openInstallation } from './testing/installation.ts';
import { preview as previewPolicy } from './testing/policy-steps.ts';
import { type Name, openScene, PLAIN_KEY, type Scene, START } from './testing/scene.ts';

let installation: Installation;
beforeAll(async () => {
  installation = await openInstallation('force-expire-keys', openSqlite);
});
afterAll(() => installation.close());

const preview = async (
  scene: Scene,
  input: PreviewForceExpireInput,
  name: Name = 'olga',
): Promise<ForceExpirePreview> => scene.answered(previewForceExpire(scene.deps, await scene.as(name), input));
const end = async (scene: Scene, { token }: { readonly token: string }, name: Name = 'olga') =>
  forceExpireKeys(scene.deps, await scene.as(name), { previewToken: token, reason: 'no_longer_used', note: 'spring' });
const found = async (scene: Scene, input: PreviewForceExpireInput, name: Name = 'olga'): Promise<readonly string[]> =>
  namesOf(await preview(scene, input, name));
/** Keys of one instant come in the order of their ids, which are drawn. */
const namesOf = ({ plan }: ForceExpirePreview): readonly string[] =>
  plan.keys.map((key) => key.name).toSorted((a, b) => a.localeCompare(b));

test('exactly the previewed keys end, each with its event, and at once (X1, X6)', async () => {
  const scene = await openScene(installation);
  const [first, second] = [await scene.give('rita', { name: 'ci-1' }), await scene.give('rob', { name: 'ci-2' })];
  const other = await scene.give('rita', { name: 'portal', kind: 'write_only' });
  const shown = await preview(scene, { namePattern: 'ci-*' });
  assert.deepEqual(shown.plan.counts, { keys: 2, owners: 2, inUse: 0 });
  assert.deepEqual(shown.plan.byKind, { master: 2, write_only: 0 });
  assert.equal(shown.plan.byOwner.length, 2);
  assert.equal(shown.validUntil, plusMs(START, PREVIEW_MS));
  scene.pass(1000);
  const { names, events, value } = await scene.done(end(scene, shown));
  assert.deepEqual(names, ['key.force_expired', 'key.force_expired']);
  const ids = new Set(events.map(({ resource_id }) => resource_id));
  assert.deepEqual(ids, new Set([first.key.id, second.key.id]));
  assert.deepEqual(value.plan.counts, shown.plan.counts);
  const by = (await scene.person('olga')).id;
  const forced = { at: scene.now, by, reason: 'no_longer_used', note: 'spring' };
  assert.deepEqual((await scene.key(second.key.id))?.forcedExpiry, forced);
  const rita = await scene.as('rita');
  assert.equal((await scene.answered(testKey(scene.deps, rita, { key: first.secret }))).code, 'expired');
  assert.equal((await scene.answered(testKey(scene.deps, rita, { key: other.secret }))).code, 'allowed');
});

test('conditions narrow together; each is exact at its boundary (X6)', async () => {
  const scene = await openScene(installation);
  await scene.give('rita', { name: 'old' });
  await scene.give('rob', { name: 'used' });
  const usedId = (await preview(scene, { namePattern: 'used' })).plan.keys[0]?.id;
  assert.ok(usedId !== undefined);
  scene.pass(10 * DAY_MS);
  await scene.store.flush({ uses: [{ keyId: usedId, at: scene.now }], storable: scene.now });
  await scene.give('rita', { name: 'new', kind: 'write_only' });
  scene.pass(20 * DAY_MS);
  const { id: ownerId } = await scene.person('rita');
  assert.deepEqual(await found(scene, { ownerId }), ['new', 'old']);
  assert.deepEqual(await found(scene, { ownerId, kind: 'write_only' }), ['new']);
  assert.deepEqual(await found(scene, { createdBefore: START }), []);
  assert.deepEqual(await found(scene, { createdBefore: plusMs(START, 1) }), ['old', 'used']);
  // Twenty days without use are not more than twenty days.
  assert.deepEqual(await found(scene, { unusedDays: 20 }), ['old']);
  assert.deepEqual(await found(scene, { unusedDays: 19 }), ['new', 'old', 'used']);
  assert.deepEqual(await found(scene, { unusedDays: 3650 }), []);
  assert.deepEqual(await found(scene, { namePattern: '*e*', kind: 'master' }), ['used']);
});

test('dead keys are none of them; disabled ones are (X2, X6)', async () => {
  const scene = await openScene(installation);
  const [dead] = [await scene.give('rita', { name: 'dead' }), await scene.give('rita', { lifespan: lifespan(1) })];
  const input = { keyId: dead.key.id, reason: 'other', note: null, isWithDescendants: false } as const;
  await scene.done(forceExpireKey(scene.deps, await scene.as('rita'), input));
  const living = await scene.give('rita', { name: 'disabled' });
  await scene.arrange(async (change) => {
    const key = await change.read.keys.find(scene.account.id, living.key.id);
    if (key !== null) await change.keys.disable(key, 'request');
  });
  scene.pass(DAY_MS);
  assert.deepEqual(await found(scene, { kind: 'master' }), ['disabled']);
});

test('everybody ends only keys that they manage; those of others are as if they were not there (K9, U3)', async () => {
  const scene = await openScene(installation);
  for (const name of ['olga', 'adam', 'ada', 'rita', 'rob'] as const) await scene.give(name, { name });
  const all = { kind: 'master' } as const;
  assert.deepEqual(await found(scene, all), ['ada', 'adam', 'olga', 'rita', 'rob']);
  assert.deepEqual(await found(scene, all, 'adam'), ['adam', 'rita', 'rob']);
  assert.deepEqual(await found(scene, all, 'rita'), ['rita']);
  assert.deepEqual(await found(scene, { ownerId: (await scene.person('olga')).id }, 'adam'), []);
  const { names } = await scene.done(end(scene, await preview(scene, all, 'rita'), 'rita'));
  assert.deepEqual(names, ['key.force_expired']);
});

test('what the keys made lives on (X6, K14)', async () => {
  const scene = await openScene(installation);
  const maker = await scene.give('rita', { name: 'maker' });
  const input = { ...PLAIN_KEY, name: 'made' };
  const { value: made } = await scene.done(createKey(scene.deps, await scene.asKey(maker), input));
  await scene.done(end(scene, await preview(scene, { namePattern: 'maker' })));
  assert.equal((await scene.key(made.key.id))?.forcedExpiry, null);
});

test('a key that was used or ended since makes the preview outdated, and no key ends; a new key does not matter (X6)', async () => {
  const scene = await openScene(installation);
  const [used, kept] = [await scene.give('rita'), await scene.give('rita')];
  scene.pass(40 * DAY_MS);
  const shown = await preview(scene, { unusedDays: 30 });
  const previewedAt = scene.now;
  scene.pass(1000);
  await scene.store.flush({ uses: [{ keyId: used.key.id, at: scene.now }], storable: scene.now });
  assert.deepEqual(await scene.refused(end(scene, shown)), { kind: 'preview-outdated', previewedAt });
  const again = await preview(scene, { kind: 'master' });
  await scene.give('rita');
  const single = { keyId: used.key.id, reason: 'other', note: null, isWithDescendants: false } as const;
  await scene.done(forceExpireKey(scene.deps, await scene.as('rita'), single));
  assert.equal((await scene.refused(end(scene, again))).kind, 'preview-outdated');
  assert.equal((await scene.key(kept.key.id))?.forcedExpiry, null);
  const fresh = await preview(scene, { kind: 'master' });
  await scene.give('rita', { name: 'made meanwhile' });
  scene.pass(1);
  await scene.give('rita', { name: 'made later' });
  assert.equal((await scene.refused(end(scene, fresh))).kind, 'preview-outdated');
});

test('a token is good for an hour, once, for its user and for this act alone (X6)', async () => {
  const scene = await openScene(installation);
  await scene.give('rita');
  const shown = await preview(scene, { kind: 'master' });
  assert.deepEqual(await scene.refused(end(scene, shown, 'adam')), { kind: 'preview-token-wrong' });
  assert.deepEqual(await scene.refused(end(scene, await previewPolicy(scene))), { kind: 'preview-token-wrong' });
  await scene.done(end(scene, shown));
  scene.pass(1000);
  assert.deepEqual(await scene.refused(end(scene, shown)), { kind: 'preview-used', previewedAt: START });
  scene.pass(PREVIEW_MS);
  assert.equal((await scene.refused(end(scene, shown))).kind, 'preview-expired');
});

test('it needs a session that was proven of late; a key may look (U8, K14)', async () => {
  const scene = await openScene(installation);
  const byKey = await scene.asKey(await scene.give('olga'));
  const { token } = await scene.answered(previewForceExpire(scene.deps, byKey, { kind: 'master' }));
  const asked = { previewToken: token, reason: 'other', note: null } as const;
  assert.deepEqual(await scene.refused(forceExpireKeys(scene.deps, byKey, asked)), { kind: 'session-required' });
  const olga = await scene.as('olga');
  const late = { ...olga, change: { ...olga.change, now: plusMs(scene.now, 900_001) } };
  assert.equal((await scene.refused(forceExpireKeys(scene.deps, late, asked))).kind, 'fresh-proof-required');
});

test('a clock that has run ahead makes no key unused, and hides none (E9)', async () => {
  const scene = await openScene(installation);
  await scene.give('rita', { name: 'used today' });
  await scene.give('rita', { name: 'for a day', lifespan: lifespan(1) });
  // A session would be dead by that clock as well, so a key asks.
  const byKey = await scene.asKey(await scene.give('olga', { name: 'asks' }));
  const ahead = { ...byKey, change: { ...byKey.change, now: instant(scene.now + 400 * DAY_MS) } };
  const names = async (input: PreviewForceExpireInput): Promise<readonly string[]> =>
    namesOf(await scene.answered(previewForceExpire(scene.deps, ahead, input)));
  assert.deepEqual(await names({ unusedDays: 30 }), []);
  assert.deepEqual(await names({ kind: 'master' }), ['asks', 'for a day', 'used today']);
});
