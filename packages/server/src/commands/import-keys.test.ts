import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { DAY_MS, lifespan, parseUserId, plusMs, Secret } from '@claviger/core';
import { openSqlite } from '@claviger/storage';
import { afterAll, beforeAll, test } from 'vitest';
import type { ImportMistake } from '../refusal.ts';
import { changeExpirationPolicy } from './change-expiration-policy.ts';
import { deleteKey } from './delete-key.ts';
import type { ImportEntry } from './import-entry.ts';
import { importKeys } from './import-keys.ts';
import { rotateKey } from './rotate-key.ts';
import { selfRevoke } from './self-revoke.ts';
import { testKey } from './test-key.ts';
import { type Installation, openInstallation } from './testing/installation.ts';
import { type Name, onDatabase, openScene, PLAIN_KEY, type Scene } from './testing/scene.ts';

let installation: Installation;
beforeAll(async () => {
  installation = await openInstallation('import-keys', openSqlite);
});
afterAll(() => installation.close());

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

let serial = 0;
/** A text of another system that no other test has. */
function oldText(): string {
  serial += 1;
  return `sk_live_of_another_system_${serial}`;
}

function entry(text: string, rest: Partial<ImportEntry> = {}): ImportEntry {
  return { ...PLAIN_KEY, kind: 'write_only', name: 'Old', digest: sha256(text), hint: 'imported…', ...rest };
}

async function imported(scene: Scene, name: Name, entries: readonly ImportEntry[]) {
  return scene.done(importKeys(scene.deps, await scene.as(name), entries));
}

/** The mistakes of a refused import, as `entry pointer kind`. */
async function mistakes(scene: Scene, name: Name, entries: readonly ImportEntry[]): Promise<readonly string[]> {
  const refusal = await scene.refused(importKeys(scene.deps, await scene.as(name), entries));
  assert.ok(refusal.kind === 'import-refused', refusal.kind);
  return refusal.mistakes.map(said);
}

function said({ entry: index, pointer, refusal }: ImportMistake): string {
  const exact = 'pointer' in refusal && refusal.pointer !== null ? refusal.pointer : pointer;
  return `${index} ${exact} ${refusal.kind}`;
}

test('imported keys keep their texts, are of unknown strength, and say who took them over (K13, K14)', async () => {
  const scene = await openScene(installation);
  const texts = [oldText(), oldText()];
  const [first, second] = texts.map((text) => entry(text));
  assert.ok(first !== undefined && second !== undefined);
  const olga = await scene.person('olga');
  const { value, names, events } = await imported(scene, 'olga', [{ ...first, kind: 'master' }, second]);
  assert.deepEqual(names, ['key.imported', 'key.imported']);
  assert.deepEqual(
    value.map(({ key }) => [key.kind, key.strength, key.hint, key.createdBy, key.expiresAt]),
    [
      ['master', 'unknown', 'imported…', olga.id, null],
      ['write_only', 'unknown', 'imported…', olga.id, null],
    ],
  );
  const told = JSON.stringify([value, events]);
  for (const text of texts) assert.ok(!told.includes(text) && !told.includes(sha256(text)), 'a digest came out (A3)');
  for (const [index, text] of texts.entries()) {
    const asked = testKey(scene.deps, await scene.as('olga'), { key: new Secret(text) });
    const decision = await scene.answered(asked);
    assert.equal(decision.code, 'allowed');
    assert.equal((await scene.key(value[index]?.key.id ?? assert.fail()))?.strength, 'unknown');
  }
});

test('the lifespan counts from the import, under the policy in force: shorter is fine, longer is not (E4, E5, E7)', async () => {
  const scene = await openScene(installation);
  const lifespans = { write_only: lifespan(30) };
  const policy = changeExpirationPolicy(scene.deps, await scene.as('olga'), { lifespans, usersMayOnlyShorten: false });
  await scene.done(policy);
  scene.pass(DAY_MS);
  const asked = [entry(oldText()), entry(oldText(), { lifespan: lifespan(7) })];
  const { value } = await imported(scene, 'adam', asked);
  const ends = value.map(({ key }) => key.expiresAt);
  assert.deepEqual(ends, [plusMs(scene.now, 30 * DAY_MS), plusMs(scene.now, 7 * DAY_MS)]);
  const longer = [entry(oldText(), { lifespan: lifespan(31) }), entry(oldText(), { lifespan: lifespan(null) })];
  assert.deepEqual(await mistakes(scene, 'adam', longer), [
    '0 /lifespan_days lifespan-too-long',
    '1 /lifespan_days lifespan-too-long',
  ]);
});

test('master keys are the Owner’s to import, administrators write-only ones for users they manage, others nothing (K13, U3)', async () => {
  const scene = await openScene(installation);
  const [olga, ada, rita] = [await scene.person('olga'), await scene.person('ada'), await scene.person('rita')];
  const both = [entry(oldText()), entry(oldText(), { kind: 'master' })];
  assert.deepEqual(await mistakes(scene, 'adam', both), ['1 /kind not-allowed']);
  const refused = await scene.refused(importKeys(scene.deps, await scene.as('rita'), [entry(oldText())]));
  assert.deepEqual(refused, { kind: 'not-allowed', because: { rule: 'administrators-only' } });
  const owners = [rita, olga, ada].map(({ id }) => entry(oldText(), { ownerId: id }));
  assert.deepEqual(await mistakes(scene, 'adam', owners), ['1 /owner_id not-allowed', '2 /owner_id not-allowed']);
  const { value } = await imported(scene, 'adam', owners.slice(0, 1));
  assert.equal(value[0]?.key.ownerId, rita.id);
  assert.equal((await imported(scene, 'olga', owners.slice(1))).names.length, 2);
});

test('a text is taken by any key there is or was: imported, our own, replaced, deleted, of another account (K10, K13, T1)', async () => {
  const [scene, other] = [await openScene(installation), await openScene(installation)];
  const [texts, foreign] = [[oldText(), oldText()], oldText()];
  await imported(other, 'olga', [entry(foreign)]);
  const { value } = await imported(
    scene,
    'olga',
    texts.map((text) => entry(text)),
  );
  const deleted = value[1]?.key.id ?? assert.fail();
  await scene.done(deleteKey(scene.deps, await scene.as('olga'), deleted));
  const own = await scene.give('rita');
  const input = { keyId: own.key.id, overlapSeconds: 0 };
  const { value: rotated } = await scene.done(rotateKey(scene.deps, await scene.as('rita'), input));
  const taken = [...texts, foreign, own.secret.reveal(), rotated.secret.reveal()];
  const asked = [...taken, oldText()].map((text) => entry(text));
  assert.deepEqual(
    await mistakes(scene, 'olga', asked),
    taken.map((_text, index) => `${index} /digest digest-taken`),
  );
});

test('every mistake of every entry is told at once, and nothing is imported (K13, K5, P6)', async () => {
  const scene = await openScene(installation, { keysPerUserMost: 2 });
  await scene.policy([onDatabase('import', 'sales')], 'rita');
  const rita = await scene.person('rita');
  const text = oldText();
  const absent = parseUserId(`usr_${'A'.repeat(20)}`) ?? assert.fail();
  const asked = [
    entry(text, { ownerId: rita.id, hint: text.slice(0, 40) }),
    entry(text, { ownerId: absent, allowedIps: ['10.0.0.1/8', 'x'] }),
    entry(oldText(), {
      ownerId: rita.id,
      permissions: [onDatabase('import', 'sales'), onDatabase('query', 'sales'), onDatabase('drop', 'x')],
    }),
    entry(oldText(), { kind: 'master', allowedOrigins: ['nowhere'] }),
    entry(oldText(), { ownerId: rita.id }),
    entry(oldText(), { ownerId: rita.id }),
    entry(oldText(), { ownerId: rita.id }),
  ];
  assert.deepEqual(await mistakes(scene, 'olga', asked), [
    '0 /hint hint-is-the-text',
    '1 /digest digest-repeated',
    '1  malformed-fields',
    '1 /owner_id user-not-found',
    '2 /permissions/2 unknown-operation',
    '2 /permissions/1 permission-beyond-owner',
    '3  malformed-fields',
    '3 /allowed_origins origins-on-master-key',
    // Two of the three fit: what the limit refuses is the one that comes last (K3).
    '6 /owner_id too-many-keys',
  ]);
});

test('an imported key is rotated to a text of our own, with its own id and of full strength; the old text lives out its overlap (X5)', async () => {
  const scene = await openScene(installation);
  const text = oldText();
  const { value } = await imported(scene, 'olga', [entry(text, { kind: 'master', lifespan: lifespan(10) })]);
  const key = value[0]?.key ?? assert.fail();
  const input = { keyId: key.id, overlapSeconds: 60 };
  const { value: rotated } = await scene.done(rotateKey(scene.deps, await scene.as('olga'), input));
  assert.ok(rotated.secret.reveal().startsWith(`clv_master_${key.id.slice('key_'.length)}`));
  assert.deepEqual([rotated.key.id, rotated.key.strength, rotated.key.name], [key.id, 'full', key.name]);
  assert.deepEqual(rotated.key.expiresAt, plusMs(scene.now, 10 * DAY_MS));
  const codeOf = async (secret: Secret) =>
    (await scene.answered(testKey(scene.deps, await scene.as('olga'), { key: secret }))).code;
  assert.deepEqual([await codeOf(new Secret(text)), await codeOf(rotated.secret)], ['allowed', 'allowed']);
  scene.pass(60_000);
  assert.deepEqual([await codeOf(new Secret(text)), await codeOf(rotated.secret)], ['expired', 'allowed']);
});

test('whoever finds an imported key ends it by showing its old text (K12, K13)', async () => {
  const scene = await openScene(installation);
  const text = oldText();
  const { value } = await imported(scene, 'olga', [entry(text)]);
  const ended = await scene.done(selfRevoke(scene.deps, scene.anonymous(), { key: new Secret(text) }));
  assert.equal(ended.value, 'key-ended');
  assert.equal((await scene.key(value[0]?.key.id ?? assert.fail()))?.forcedExpiry?.by, 'self_revocation');
});
