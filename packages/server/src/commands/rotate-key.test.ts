import assert from 'node:assert/strict';
import { DAY_MS, instant, lifespan, OVERLAP_SECONDS_LONGEST, parseKeyText, plusMs } from '@claviger/core';
import { openSqlite } from '@claviger/storage';
import { afterAll, beforeAll, test } from 'vitest';
import { changeExpirationPolicy } from './change-expiration-policy.ts';
import { disableKey } from './disable-key.ts';
import { finishRotation } from './finish-rotation.ts';
import { forceExpireKey } from './force-expire-key.ts';
import { rotateKey } from './rotate-key.ts';
import type { KeyWithSecret } from './shown-key.ts';
import { testKey } from './test-key.ts';
import { type Installation, openInstallation } from './testing/installation.ts';
import { type Name, onDatabase, openScene, type Scene } from './testing/scene.ts';

let installation: Installation;
beforeAll(async () => {
  installation = await openInstallation('rotate-key', openSqlite);
});
afterAll(() => installation.close());

async function rotate(
  scene: Scene,
  name: Name,
  { key }: KeyWithSecret,
  overlapSeconds: number,
): Promise<KeyWithSecret> {
  const { value, names } = await scene.done(
    rotateKey(scene.deps, await scene.as(name), { keyId: key.id, overlapSeconds }),
  );
  assert.deepEqual(names, ['key.rotated']);
  return value;
}

/** The verdict on each secret, in order. */
async function verdicts(scene: Scene, ...made: readonly KeyWithSecret[]): Promise<readonly string[]> {
  const context = await scene.as('olga');
  const tested = made.map(({ secret }) => scene.answered(testKey(scene.deps, context, { key: secret })));
  return (await Promise.all(tested)).map(({ code }) => code);
}

test('a rotation keeps id, owner, creator, name and narrowing, and the 12 id characters of the text (X5, K6)', async () => {
  const scene = await openScene(installation);
  await scene.policy([onDatabase('import', 'web')], 'rita');
  const ownerId = (await scene.person('rita')).id;
  const first = await scene.give('adam', {
    ownerId,
    kind: 'write_only',
    permissions: [onDatabase('import', 'web')],
    allowedIps: ['10.0.0.0/8'],
    allowedOrigins: ['https://shop.example'],
    rateLimit: { requests: 5, perSeconds: 1 },
    metadata: { team: 'blue' },
  });
  const second = await rotate(scene, 'rita', first, 0);
  const { hint: _old, rotation: _none, ...before } = first.key;
  const { hint: _new, rotation, ...after } = second.key;
  assert.deepEqual(after, before);
  assert.deepEqual(rotation, { rotatedAt: scene.now, previousEndsAt: scene.now });
  const texts = [first, second].map(({ secret }) => parseKeyText(secret.reveal(), ['clv'])?.idCharacters);
  assert.equal(texts[0], texts[1]);
  assert.notEqual(first.secret.reveal(), second.secret.reveal());
  assert.deepEqual(await scene.key(first.key.id), second.key);
});

test('an overlap lets both secrets work until its end, exactly, and then answers expired (X5)', async () => {
  const scene = await openScene(installation);
  const first = await scene.give('rita');
  const second = await rotate(scene, 'rita', first, 60);
  assert.deepEqual(await verdicts(scene, first, second), ['allowed', 'allowed']);
  scene.pass(59_999);
  assert.deepEqual(await verdicts(scene, first, second), ['allowed', 'allowed']);
  scene.pass(1);
  assert.deepEqual(await verdicts(scene, first, second), ['expired', 'allowed']);
});

test('without an overlap the old secret is dead when the call answers (X1, X5)', async () => {
  const scene = await openScene(installation);
  const first = await scene.give('rita');
  const second = await rotate(scene, 'rita', first, 0);
  assert.deepEqual(await verdicts(scene, first, second), ['expired', 'allowed']);
});

test("the old secret never outlives its own expiry, nor the key's new one (X5, E9)", async () => {
  const scene = await openScene(installation);
  const short = await scene.give('rita', { lifespan: lifespan(2) });
  scene.pass(DAY_MS);
  const rotated = await rotate(scene, 'rita', short, 30 * 86_400);
  assert.equal(rotated.key.rotation?.previousEndsAt, short.key.expiresAt);
  const endless = await scene.give('rita');
  await scene.done(changeExpirationPolicy(scene.deps, await scene.as('olga'), { lifespans: { master: lifespan(1) } }));
  const shortened = await rotate(scene, 'rita', endless, OVERLAP_SECONDS_LONGEST);
  assert.equal(shortened.key.expiresAt, plusMs(scene.now, DAY_MS));
  assert.equal(shortened.key.rotation?.previousEndsAt, shortened.key.expiresAt);
  scene.pass(DAY_MS);
  assert.deepEqual(await verdicts(scene, endless, shortened), ['expired', 'expired']);
});

test('rotating during an overlap ends the older secret (X5)', async () => {
  const scene = await openScene(installation);
  const first = await scene.give('rita');
  const second = await rotate(scene, 'rita', first, 600);
  const third = await rotate(scene, 'rita', second, 600);
  assert.deepEqual(await verdicts(scene, first, second, third), ['expired', 'allowed', 'allowed']);
});

test('the new secret lives the shorter of the policy in force and the lifespan chosen at creation (X5, E7)', async () => {
  const scene = await openScene(installation);
  const cases = [
    { chosen: 30, policy: null, expected: 30 },
    { chosen: 30, policy: 7, expected: 7 },
    { chosen: 7, policy: 30, expected: 7 },
    { chosen: null, policy: 30, expected: 30 },
    { chosen: null, policy: null, expected: null },
  ];
  for (const { chosen, policy, expected } of cases) {
    const setPolicy = async (days: number | null) =>
      changeExpirationPolicy(scene.deps, await scene.as('olga'), { lifespans: { master: lifespan(days) } });
    await scene.done(setPolicy(null));
    const first = await scene.give('rita', { lifespan: lifespan(chosen) });
    await scene.done(setPolicy(policy));
    scene.pass(1000);
    const second = await rotate(scene, 'rita', first, 0);
    assert.equal(second.key.expiresAt, expected === null ? null : plusMs(scene.now, expected * DAY_MS));
    assert.equal(second.key.lifespan, chosen);
  }
});

test('a dead key is not rotated: force-expired, or at the very instant of its expiry (X5, E9)', async () => {
  const scene = await openScene(installation);
  const aged = await scene.give('rita', { lifespan: lifespan(1) });
  const ended = await scene.give('rita');
  const keyId = ended.key.id;
  const end = { keyId, reason: 'other', note: 'test', isWithDescendants: false } as const;
  await scene.done(forceExpireKey(scene.deps, await scene.as('rita'), end));
  const forced = await scene.refused(rotateKey(scene.deps, await scene.as('rita'), { keyId, overlapSeconds: 0 }));
  assert.deepEqual(forced, { kind: 'key-expired', keyId, at: scene.now, by: 'forced' });
  scene.pass(DAY_MS - 1);
  const again = await rotate(scene, 'rita', aged, 0);
  scene.pass(DAY_MS);
  const input = { keyId: again.key.id, overlapSeconds: 0 };
  const dead = await scene.refused(rotateKey(scene.deps, await scene.as('rita'), input));
  assert.deepEqual(dead, { kind: 'key-expired', keyId: again.key.id, at: scene.now, by: 'lifespan' });
});

test('a key disabled on request is enabled before it is rotated, by its owner as by others (X5)', async () => {
  const scene = await openScene(installation);
  const { key } = await scene.give('rita');
  await scene.done(disableKey(scene.deps, await scene.as('rita'), key.id));
  for (const name of ['rita', 'olga'] as const) {
    const input = { keyId: key.id, overlapSeconds: 0 };
    const refusal = await scene.refused(rotateKey(scene.deps, await scene.as(name), input));
    assert.deepEqual(refusal, { kind: 'key-disabled', keyId: key.id, since: scene.now });
  }
});

test('an overlap is 0 to 30 days, exactly (X5)', async () => {
  const scene = await openScene(installation);
  const first = await scene.give('rita');
  const second = await rotate(scene, 'rita', first, OVERLAP_SECONDS_LONGEST);
  assert.equal(second.key.rotation?.previousEndsAt, plusMs(scene.now, 30 * DAY_MS));
  for (const askedSeconds of [-1, OVERLAP_SECONDS_LONGEST + 1, 0.5, Number.NaN]) {
    const input = { keyId: first.key.id, overlapSeconds: askedSeconds };
    const refusal = await scene.refused(rotateKey(scene.deps, await scene.as('rita'), input));
    assert.deepEqual(refusal, {
      kind: 'overlap-out-of-range',
      pointer: '/overlap_seconds',
      askedSeconds,
      longestSeconds: 2_592_000,
    });
  }
});

test('only who manages a key rotates it; for all others it does not exist (K9)', async () => {
  const scene = await openScene(installation);
  const ritas = await scene.give('rita');
  const adas = await scene.give('ada');
  const foreign = await (await openScene(installation)).give('olga');
  const absent = { ...ritas, key: { ...ritas.key, id: foreign.key.id } };
  const cases = [
    ['rob', ritas],
    ['adam', adas],
    ['rita', adas],
    ['olga', absent],
  ] as const;
  for (const [name, { key }] of cases) {
    for (const refuse of [
      rotateKey(scene.deps, await scene.as(name), { keyId: key.id, overlapSeconds: 0 }),
      finishRotation(scene.deps, await scene.as(name), key.id),
    ]) {
      assert.deepEqual(await scene.refused(refuse), { kind: 'key-not-found', keyId: key.id });
    }
  }
  await rotate(scene, 'adam', ritas, 0);
  await rotate(scene, 'olga', adas, 0);
});

test('a key rotates itself: the caller may do what its owner may (K14)', async () => {
  const scene = await openScene(installation);
  const first = await scene.give('rita');
  const input = { keyId: first.key.id, overlapSeconds: 0 };
  const { value } = await scene.done(rotateKey(scene.deps, await scene.asKey(first), input));
  assert.deepEqual(await verdicts(scene, first, value), ['expired', 'allowed']);
});

test('finishing a rotation ends the overlap at once; without one nothing changes (X5)', async () => {
  const scene = await openScene(installation);
  const first = await scene.give('rita');
  const finish = async () => scene.done(finishRotation(scene.deps, await scene.as('rita'), first.key.id));
  assert.deepEqual((await finish()).names, []);
  const second = await rotate(scene, 'rita', first, 600);
  scene.pass(1000);
  const finished = await finish();
  assert.deepEqual(finished.names, ['key.rotation_finished']);
  assert.equal(finished.value.key.rotation?.previousEndsAt, scene.now);
  assert.deepEqual(await verdicts(scene, first, second), ['expired', 'allowed']);
  assert.deepEqual((await finish()).names, []);
});

test('an expiry stays where it was through any rotation: each secret has its own (E4)', async () => {
  const scene = await openScene(installation);
  const first = await scene.give('rita', { lifespan: lifespan(10) });
  scene.pass(DAY_MS);
  const second = await rotate(scene, 'rita', first, OVERLAP_SECONDS_LONGEST);
  assert.equal(second.key.rotation?.previousEndsAt, first.key.expiresAt);
  scene.pass(9 * DAY_MS - 1);
  assert.deepEqual(await verdicts(scene, first, second), ['allowed', 'allowed']);
  scene.pass(1);
  assert.deepEqual(await verdicts(scene, first, second), ['expired', 'allowed']);
  assert.equal(second.key.expiresAt, plusMs(instant(scene.now), DAY_MS));
});
