import assert from 'node:assert/strict';
import { DAY_MS, FORCED_EXPIRY_REASONS, lifespan, plusMs } from '@claviger/core';
import { openSqlite } from '@claviger/storage';
import { afterAll, beforeAll, test } from 'vitest';
import { changeUser } from './change-user.ts';
import { createKey } from './create-key.ts';
import { deleteKey } from './delete-key.ts';
import { enableKey } from './enable-key.ts';
import { findKey } from './find-key.ts';
import { type ForceExpireKeyInput, forceExpireKey } from './force-expire-key.ts';
import { listKeys } from './list-keys.ts';
import { rotateKey } from './rotate-key.ts';
import type { KeyWithSecret } from './shown-key.ts';
import { testKey } from './test-key.ts';
import { type Installation, openInstallation } from './testing/installation.ts';
import { openScene, PLAIN_KEY, type Scene } from './testing/scene.ts';

let installation: Installation;
beforeAll(async () => {
  installation = await openInstallation('force-expire-key', openSqlite);
});
afterAll(() => installation.close());

function ending({ key }: KeyWithSecret, rest: Partial<ForceExpireKeyInput> = {}): ForceExpireKeyInput {
  return { keyId: key.id, reason: 'compromised', note: null, isWithDescendants: false, ...rest };
}

/** A key made by another key. */
async function madeBy(
  scene: Scene,
  maker: KeyWithSecret,
  input: Partial<typeof PLAIN_KEY> = {},
): Promise<KeyWithSecret> {
  const { value } = await scene.done(createKey(scene.deps, await scene.asKey(maker), { ...PLAIN_KEY, ...input }));
  assert.equal(value.key.createdByKeyId, maker.key.id);
  return value;
}

test('a force-expired key is dead, stays listed, and says who, when and why (X1, X2)', async () => {
  const scene = await openScene(installation);
  for (const reason of FORCED_EXPIRY_REASONS) {
    const made = await scene.give('rita');
    const input = ending(made, { reason, note: 'seen in a log' });
    const { value, names, events } = await scene.done(forceExpireKey(scene.deps, await scene.as('adam'), input));
    assert.deepEqual(names, ['key.force_expired']);
    assert.equal(events[0]?.resource_id, made.key.id);
    assert.deepEqual(value.endedIds, [made.key.id]);
    const by = (await scene.person('adam')).id;
    assert.deepEqual(value.shown.key.forcedExpiry, { at: scene.now, by, reason, note: 'seen in a log' });
    const rita = await scene.as('rita');
    assert.equal((await scene.answered(testKey(scene.deps, rita, { key: made.secret }))).code, 'expired');
    const found = await scene.answered(findKey(scene.deps, rita, made.key.id));
    assert.deepEqual(found, value.shown);
  }
  const filter = { page: { cursor: null, limit: 20 }, status: 'expired' } as const;
  const listed = await scene.answered(listKeys(scene.deps, await scene.as('rita'), filter));
  assert.equal(listed.items.length, FORCED_EXPIRY_REASONS.length);
});

test('a dead key stays as it is: asking again changes nothing (X2)', async () => {
  const scene = await openScene(installation);
  const made = await scene.give('rita');
  const first = await scene.done(forceExpireKey(scene.deps, await scene.as('rita'), ending(made)));
  scene.pass(1000);
  const again = await scene.done(
    forceExpireKey(scene.deps, await scene.as('olga'), ending(made, { reason: 'owner_left', note: 'later' })),
  );
  assert.deepEqual(again.names, []);
  assert.deepEqual(again.value.endedIds, []);
  assert.deepEqual(again.value.shown, first.value.shown);
  const aged = await scene.give('rita', { lifespan: lifespan(1) });
  scene.pass(DAY_MS);
  assert.deepEqual((await scene.done(forceExpireKey(scene.deps, await scene.as('rita'), ending(aged)))).names, []);
});

test('a key that only a bad clock shows as expired is ended for good when somebody asks for it (E9, X1)', async () => {
  const scene = await openScene(installation);
  const made = await scene.give('rita', { lifespan: lifespan(1) });
  const context = await scene.as('rita');
  const jumped = { ...context, change: { ...context.change, now: plusMs(scene.now, DAY_MS) } };
  // The session would be dead by the jumped clock as well, so a key asks.
  const byKey = await scene.asKey(await scene.give('rita'));
  const asked = { ...byKey, change: { ...jumped.change, origin: byKey.change.origin } };
  assert.equal(asked.change.storable, scene.now);
  const { names } = await scene.done(forceExpireKey(scene.deps, asked, ending(made)));
  assert.deepEqual(names, ['key.force_expired']);
  assert.notEqual((await scene.key(made.key.id))?.forcedExpiry, null);
});

test('a force-expire hits both secrets of an overlap, and a disabled key too (X5, X4)', async () => {
  const scene = await openScene(installation);
  const first = await scene.give('rita');
  const rita = await scene.as('rita');
  const { value: second } = await scene.done(rotateKey(scene.deps, rita, { keyId: first.key.id, overlapSeconds: 600 }));
  await scene.done(forceExpireKey(scene.deps, rita, ending(first)));
  for (const { secret } of [first, second]) {
    assert.equal((await scene.answered(testKey(scene.deps, rita, { key: secret }))).code, 'expired');
  }
});

test('what a key made ends with it when asked for, through others that are deleted too, and nothing else (K14)', async () => {
  const scene = await openScene(installation);
  const root = await scene.give('adam');
  const child = await madeBy(scene, root);
  const between = await madeBy(scene, child, { ownerId: null });
  const grandchild = await madeBy(scene, between);
  const ritas = await madeBy(scene, root, { ownerId: (await scene.person('rita')).id });
  const bystander = await scene.give('adam');
  await scene.done(deleteKey(scene.deps, await scene.as('adam'), between.key.id));
  const plain = await scene.done(forceExpireKey(scene.deps, await scene.as('adam'), ending(root)));
  assert.deepEqual(plain.value.endedIds, [root.key.id]);
  const input = ending(root, { isWithDescendants: true });
  const { value, names } = await scene.done(forceExpireKey(scene.deps, await scene.as('adam'), input));
  assert.deepEqual(names, ['key.force_expired', 'key.force_expired', 'key.force_expired']);
  assert.deepEqual([...value.endedIds].sort(), [child, grandchild, ritas].map(({ key }) => key.id).sort());
  assert.equal((await scene.key(bystander.key.id))?.forcedExpiry, null);
});

test('a descendant whose owner has risen above the caller is left to those who manage it, and is stopped already (K9, U3)', async () => {
  const scene = await openScene(installation);
  const root = await scene.give('adam');
  const rita = await scene.person('rita');
  const ritas = await madeBy(scene, root, { ownerId: rita.id });
  await scene.done(changeUser(scene.deps, await scene.as('olga'), { userId: rita.id, userType: 'administrator' }));
  const input = ending(root, { isWithDescendants: true });
  const { value } = await scene.done(forceExpireKey(scene.deps, await scene.as('adam'), input));
  assert.deepEqual(value.endedIds, [root.key.id]);
  assert.equal((await scene.key(ritas.key.id))?.disabledReason, 'promotion');
  const byOwner = await scene.done(forceExpireKey(scene.deps, await scene.as('olga'), input));
  assert.deepEqual(byOwner.value.endedIds, [ritas.key.id]);
});

test('only who manages a key ends it; for all others it does not exist (K9)', async () => {
  const scene = await openScene(installation);
  const ritas = await scene.give('rita');
  const adas = await scene.give('ada');
  const foreign = await (await openScene(installation)).give('rita');
  const cases = [
    ['rob', ritas],
    ['adam', adas],
    ['rita', adas],
    ['olga', foreign],
  ] as const;
  for (const [name, made] of cases) {
    const refusal = await scene.refused(forceExpireKey(scene.deps, await scene.as(name), ending(made)));
    assert.deepEqual(refusal, { kind: 'key-not-found', keyId: made.key.id });
  }
});

test('nothing brings a force-expired key back (X2)', async () => {
  const scene = await openScene(installation);
  const made = await scene.give('rita');
  const rita = await scene.as('rita');
  await scene.done(forceExpireKey(scene.deps, rita, ending(made)));
  const keyId = made.key.id;
  const refusal = { kind: 'key-expired', keyId, at: scene.now, by: 'forced' };
  assert.deepEqual(await scene.refused(enableKey(scene.deps, rita, keyId)), refusal);
  assert.deepEqual(await scene.refused(rotateKey(scene.deps, rita, { keyId, overlapSeconds: 0 })), refusal);
});
