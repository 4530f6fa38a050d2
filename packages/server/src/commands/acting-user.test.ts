import assert from 'node:assert/strict';
import { DAY_MS, FRESH_PROOF_MS, lifespan, MINUTE_MS, sessionBounds } from '@claviger/core';
import { openSqlite } from '@claviger/storage';
import { afterAll, beforeAll, test } from 'vitest';
import { changeUser } from './change-user.ts';
import { createKey } from './create-key.ts';
import { createPolicy } from './create-policy.ts';
import { deleteKey } from './delete-key.ts';
import type { CommandContext } from './deps.ts';
import { disableKey } from './disable-key.ts';
import { endSession } from './end-session.ts';
import { findKey } from './find-key.ts';
import { finishRotation } from './finish-rotation.ts';
import { forceExpireKey } from './force-expire-key.ts';
import { listKeys } from './list-keys.ts';
import { rotateKey } from './rotate-key.ts';
import { type Installation, openInstallation } from './testing/installation.ts';
import { openScene, PLAIN_KEY, type Scene } from './testing/scene.ts';

let installation: Installation;
beforeAll(async () => {
  installation = await openInstallation('acting-user', openSqlite);
});
afterAll(() => installation.close());

const ENDED = { kind: 'credential-ended' };
const END = { reason: 'compromised', note: null, isWithDescendants: false } as const;

/** Whoever was let in with this context before, is not let in any more: not to act, not to look. */
async function assertShutOut(scene: Scene, context: CommandContext): Promise<void> {
  assert.deepEqual(await scene.refused(createKey(scene.deps, context, PLAIN_KEY)), ENDED);
  const page = { cursor: null, limit: 20 };
  assert.deepEqual(await scene.refused(listKeys(scene.deps, context, { page })), ENDED);
}

test('nobody creates keys with a session that ended meanwhile (X1)', async () => {
  const scene = await openScene(installation);
  const context = await scene.as('rita');
  assert.equal(context.caller.credential.kind, 'session');
  if (context.caller.credential.kind !== 'session') return;
  await scene.done(endSession(scene.deps, context, context.caller.credential.sessionId));
  await assertShutOut(scene, context);
});

test('nobody creates keys as a user who was disabled meanwhile, by session or by key (U5)', async () => {
  const scene = await openScene(installation);
  const bySession = await scene.as('rita');
  const byKey = await scene.asKey(await scene.give('rita'));
  const { id: userId } = await scene.person('rita');
  await scene.done(changeUser(scene.deps, await scene.as('adam'), { userId, isDisabled: true }));
  await assertShutOut(scene, bySession);
  await assertShutOut(scene, byKey);
});

test('nobody creates keys with a key that was force-expired, disabled or deleted meanwhile (X1)', async () => {
  const scene = await openScene(installation);
  for (const end of ['force-expire', 'disable', 'delete'] as const) {
    const made = await scene.give('rita');
    const context = await scene.asKey(made);
    const keyId = made.key.id;
    await scene.done(createKey(scene.deps, context, PLAIN_KEY));
    const rita = await scene.as('rita');
    if (end === 'force-expire') await scene.done(forceExpireKey(scene.deps, rita, { keyId, ...END }));
    if (end === 'disable') await scene.done(disableKey(scene.deps, rita, keyId));
    if (end === 'delete') await scene.done(deleteKey(scene.deps, rita, keyId));
    await assertShutOut(scene, context);
  }
});

test('nobody creates keys with a secret that a rotation without overlap replaced meanwhile (X5)', async () => {
  const scene = await openScene(installation);
  const made = await scene.give('rita');
  const context = await scene.asKey(made);
  const keyId = made.key.id;
  const rotated = await scene.done(rotateKey(scene.deps, await scene.as('rita'), { keyId, overlapSeconds: 0 }));
  await assertShutOut(scene, context);
  await scene.done(createKey(scene.deps, await scene.asKey(rotated.value), PLAIN_KEY));
});

test('an old secret works on the management API until its overlap ends or is finished (X5)', async () => {
  const scene = await openScene(installation);
  const made = await scene.give('rita');
  const keyId = made.key.id;
  await scene.done(rotateKey(scene.deps, await scene.as('rita'), { keyId, overlapSeconds: 60 }));
  scene.pass(59_999);
  await scene.done(createKey(scene.deps, await scene.asKey(made), PLAIN_KEY));
  const held = await scene.asKey(made);
  await scene.done(finishRotation(scene.deps, await scene.as('rita'), keyId));
  await assertShutOut(scene, held);
});

test('a key is dead on the management API at the very instant of its expiry (E9)', async () => {
  const scene = await openScene(installation);
  const made = await scene.give('rita', { lifespan: lifespan(1) });
  scene.pass(DAY_MS - 1);
  await scene.answered(findKey(scene.deps, await scene.asKey(made), made.key.id));
  scene.pass(1);
  await assertShutOut(scene, await scene.asKey(made));
});

test('a session is dead at the very instant of its idle bound and of its longest life (U7)', async () => {
  const scene = await openScene(installation);
  const context = await scene.as('rita');
  const at = (ms: number) => ({
    ...context,
    change: { ...context.change, now: (context.change.now + ms) as typeof scene.now },
  });
  const { idleMs, longestMs } = sessionBounds(scene.account.signIn);
  await scene.answered(listKeys(scene.deps, at(idleMs - 1), { page: { cursor: null, limit: 1 } }));
  await assertShutOut(scene, at(idleMs));
  await assertShutOut(scene, at(longestMs));
});

test('a demotion counts from the moment it is committed, for calls that are under way too (K4)', async () => {
  const scene = await openScene(installation);
  const context = await scene.as('adam');
  const byKey = await scene.asKey(await scene.give('adam'));
  const { id: userId } = await scene.person('adam');
  await scene.done(changeUser(scene.deps, await scene.as('olga'), { userId, userType: 'restricted' }));
  const policy = { name: 'All', description: null, permissions: [] };
  for (const caller of [context, byKey]) {
    const refusal = await scene.refused(createPolicy(scene.deps, caller, policy));
    assert.deepEqual(refusal, { kind: 'not-allowed', because: { rule: 'administrators-only' } });
    const ownerId = (await scene.person('rita')).id;
    const other = await scene.refused(createKey(scene.deps, caller, { ...PLAIN_KEY, ownerId }));
    assert.equal(other.kind, 'user-not-found');
  }
});

test('a narrowed key manages nothing, also when it was narrowed while its call was under way (K14)', async () => {
  const scene = await openScene(installation);
  const narrowed = await scene.give('olga', { permissions: [] });
  const context = await scene.asKey(narrowed);
  const refusal = { kind: 'narrowed-key', keyId: narrowed.key.id };
  assert.deepEqual(await scene.refused(createKey(scene.deps, context, PLAIN_KEY)), refusal);
  assert.deepEqual(await scene.refused(findKey(scene.deps, context, narrowed.key.id)), refusal);
  const { caller } = context;
  if (caller.credential.kind !== 'key') return assert.fail();
  const stale = { ...context, caller: { ...caller, credential: { ...caller.credential, isNarrowed: false } } };
  assert.deepEqual(await scene.refused(createKey(scene.deps, stale, PLAIN_KEY)), refusal);
});

test('a write-only key manages nothing (K1)', async () => {
  const scene = await openScene(installation);
  const made = await scene.give('olga', { kind: 'write_only' });
  const refusal = await scene.refused(createKey(scene.deps, await scene.asKey(made), PLAIN_KEY));
  assert.deepEqual(refusal, { kind: 'write-only-key', keyId: made.key.id });
});

test("a digest of somebody else's key opens nothing: key, owner and account must all fit", async () => {
  const scene = await openScene(installation);
  const other = await openScene(installation);
  const mine = await scene.asKey(await scene.give('rita'));
  const { caller } = mine;
  if (caller.credential.kind !== 'key') return assert.fail();
  const foreign = await other.give('olga');
  const robs = await scene.give('rob');
  const second = await scene.give('rita');
  const forged = [
    { ...caller.credential, digest: scene.deps.digestOf(second.secret) },
    { ...caller.credential, digest: scene.deps.digestOf(foreign.secret) },
    { ...caller.credential, digest: scene.deps.digestOf(robs.secret) },
    { ...caller.credential, digest: scene.deps.digestOf(robs.secret), keyId: robs.key.id },
    { ...caller.credential, digest: scene.deps.digestOf(foreign.secret), keyId: foreign.key.id },
    { ...caller.credential, digest: '0'.repeat(64) },
  ];
  for (const credential of forged) await assertShutOut(scene, { ...mine, caller: { ...caller, credential } });
});

test("somebody else's session opens nothing, of this account or of another", async () => {
  const scene = await openScene(installation);
  const other = await openScene(installation);
  const mine = await scene.as('rita');
  for (const borrowed of [await scene.as('olga'), await other.as('rita')]) {
    const { credential } = borrowed.caller;
    await assertShutOut(scene, { ...mine, caller: { ...mine.caller, credential } });
    await assertShutOut(scene, { ...mine, caller: { ...mine.caller, user: borrowed.caller.user } });
  }
});

test('sensitive acts take a proof of at most 15 minutes, exactly, and never a key (U8, K14)', async () => {
  const scene = await openScene(installation);
  const { id: userId } = await scene.person('rita');
  const promotion = { userId, userType: 'administrator' } as const;
  const context = await scene.as('adam');
  const at = (ms: number) => ({
    ...context,
    change: { ...context.change, now: (context.change.now + ms) as typeof scene.now },
  });
  const late = await scene.refused(changeUser(scene.deps, at(FRESH_PROOF_MS + 1), promotion));
  assert.deepEqual(late, { kind: 'fresh-proof-required', provenAt: context.change.now, longestMs: 15 * MINUTE_MS });
  const byKey = await scene.asKey(await scene.give('adam'));
  assert.deepEqual(await scene.refused(changeUser(scene.deps, byKey, promotion)), { kind: 'session-required' });
  await scene.done(changeUser(scene.deps, at(FRESH_PROOF_MS), promotion));
});

test('the stored proof counts, not the one the request believes in (U8)', async () => {
  const scene = await openScene(installation);
  const { id: userId } = await scene.person('rita');
  const context = await scene.as('adam');
  scene.pass(FRESH_PROOF_MS + 1);
  const credential = { ...context.caller.credential, provenAt: scene.now };
  const forged = { caller: { ...context.caller, credential }, change: { ...context.change, now: scene.now } };
  const refusal = await scene.refused(
    changeUser(scene.deps, forged as CommandContext, { userId, userType: 'administrator' }),
  );
  assert.equal(refusal.kind, 'fresh-proof-required');
});
