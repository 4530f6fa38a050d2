import assert from 'node:assert/strict';
import { DAY_MS, hintOf, KEYS_PER_USER_DEFAULT, lifespan, parseKeyText, plusMs } from '@claviger/core';
import { openSqlite } from '@claviger/storage';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { changeExpirationPolicy } from './change-expiration-policy.ts';
import { changeUserExpirationPolicy } from './change-user-expiration-policy.ts';
import { createKey } from './create-key.ts';
import { findKey } from './find-key.ts';
import { type Installation, openInstallation, seededBytes } from './testing/installation.ts';
import { onDatabase, openScene, PLAIN_KEY } from './testing/scene.ts';

let installation: Installation;
beforeAll(async () => {
  installation = await openInstallation('create-key', openSqlite);
});
afterAll(() => installation.close());

test('any user creates keys of either kind for themselves, with one event each (K3, A1)', async () => {
  const scene = await openScene(installation);
  const rita = await scene.person('rita');
  for (const kind of ['master', 'write_only'] as const) {
    const { value, names, events } = await scene.done(
      createKey(scene.deps, await scene.as('rita'), { ...PLAIN_KEY, kind }),
    );
    assert.deepEqual(names, ['key.created']);
    assert.equal(events[0]?.resource_id, value.key.id);
    assert.equal(events[0]?.affected_user_id, rita.id);
    assert.equal(value.key.ownerId, rita.id);
    assert.equal(value.key.createdBy, rita.id);
    assert.equal(value.key.createdByKeyId, null);
    assert.equal(value.key.kind, kind);
  }
});

test('the secret names its key, comes once, and no event holds any of it (K6, K7, A3)', async () => {
  const scene = await openScene(installation);
  const { value, events } = await scene.done(createKey(scene.deps, await scene.as('rita'), PLAIN_KEY));
  const text = value.secret.reveal();
  const parsed = parseKeyText(text, ['clv']);
  assert.equal(parsed?.kind, 'master');
  assert.equal(value.key.id, `key_${parsed?.idCharacters}`);
  assert.equal(value.key.hint, hintOf(value.secret));
  const secretCharacters = text.slice(-39, -6);
  for (const event of events) assert.equal(JSON.stringify(event).includes(secretCharacters.slice(4, 14)), false);
  assert.equal(JSON.stringify(value).includes(text), false);
});

test('the key that is answered is the key that is stored', async () => {
  const scene = await openScene(installation);
  const input = {
    ...PLAIN_KEY,
    metadata: { team: 'blue' },
    rateLimit: { requests: 5, perSeconds: 1 },
    lifespan: lifespan(9),
  };
  const { value } = await scene.done(createKey(scene.deps, await scene.as('adam'), input));
  const found = await scene.answered(findKey(scene.deps, await scene.as('adam'), value.key.id));
  const { secret: _secret, ...shown } = value;
  assert.deepEqual(shown, found);
});

test('administrators create keys for restricted users and themselves, the Owner for everyone (U3)', async () => {
  const scene = await openScene(installation);
  const allowed = [
    ['adam', 'rita'],
    ['adam', 'adam'],
    ['olga', 'adam'],
    ['olga', 'rob'],
    ['rob', 'rob'],
  ] as const;
  for (const [caller, owner] of allowed) {
    const { id } = await scene.person(owner);
    const { value } = await scene.done(createKey(scene.deps, await scene.as(caller), { ...PLAIN_KEY, ownerId: id }));
    assert.equal(value.key.ownerId, id);
    assert.equal(value.key.createdBy, (await scene.person(caller)).id);
  }
});

test('an administrator creates no key for another administrator or the Owner, and knows they are there (U3)', async () => {
  const scene = await openScene(installation);
  for (const name of ['ada', 'olga'] as const) {
    const { id, userType } = await scene.person(name);
    const refusal = await scene.refused(createKey(scene.deps, await scene.as('adam'), { ...PLAIN_KEY, ownerId: id }));
    assert.deepEqual(refusal, { kind: 'not-allowed', because: { rule: 'user-not-managed', userId: id, userType } });
  }
});

test('for a restricted user everybody else is as absent as a user that never was (K9)', async () => {
  const scene = await openScene(installation);
  const foreign = await (await openScene(installation)).person('rita');
  for (const ownerId of [(await scene.person('rob')).id, (await scene.person('olga')).id, foreign.id]) {
    const refusal = await scene.refused(createKey(scene.deps, await scene.as('rita'), { ...PLAIN_KEY, ownerId }));
    assert.deepEqual(refusal, { kind: 'user-not-found', userId: ownerId, pointer: '/owner_id' });
  }
});

test('nobody creates keys for users of another account, not even the Owner (T1)', async () => {
  const scene = await openScene(installation);
  const ownerId = (await (await openScene(installation)).person('rita')).id;
  const refusal = await scene.refused(createKey(scene.deps, await scene.as('olga'), { ...PLAIN_KEY, ownerId }));
  assert.equal(refusal.kind, 'user-not-found');
});

test('without a policy keys never expire (E1)', async () => {
  const scene = await openScene(installation);
  const { key } = await scene.give('rita');
  assert.equal(key.expiresAt, null);
  assert.equal(key.lifespan, null);
});

test('a new key gets the policy of its kind; its creator may ask for shorter, never for longer (E2, E4, E5)', async () => {
  const scene = await openScene(installation);
  const lifespans = { master: lifespan(90), write_only: lifespan(365) };
  await scene.done(changeExpirationPolicy(scene.deps, await scene.as('adam'), { lifespans }));
  const cases = [
    ['master', undefined, 90],
    ['write_only', undefined, 365],
    ['master', 89, 89],
    ['master', 90, 90],
    ['master', 1, 1],
  ] as const;
  for (const [kind, asked, days] of cases) {
    const { key } = await scene.give('rita', { kind, lifespan: asked === undefined ? undefined : lifespan(asked) });
    assert.equal(key.lifespan, days);
    assert.equal(key.expiresAt, plusMs(scene.now, days * DAY_MS));
  }
  for (const asked of [91, 365, null]) {
    const input = { ...PLAIN_KEY, lifespan: lifespan(asked) };
    const refusal = await scene.refused(createKey(scene.deps, await scene.as('rita'), input));
    assert.deepEqual(refusal, { kind: 'lifespan-too-long', keyKind: 'master', asked, longest: 90 });
  }
});

test("a user's own policy goes before the account's, whoever creates the key (E3, E7)", async () => {
  const scene = await openScene(installation);
  const rita = await scene.person('rita');
  const policy = { master: lifespan(7) };
  await scene.done(changeUserExpirationPolicy(scene.deps, await scene.as('adam'), { userId: rita.id, policy }));
  const own = await scene.give('rita');
  const given = await scene.give('olga', { ownerId: rita.id });
  const other = await scene.give('rob');
  assert.deepEqual([own.key.lifespan, given.key.lifespan, other.key.lifespan], [7, 7, null]);
});

test('changing a policy leaves existing keys as they are (E6)', async () => {
  const scene = await openScene(installation);
  const { key } = await scene.give('rita');
  await scene.done(
    changeExpirationPolicy(scene.deps, await scene.as('olga'), {
      lifespans: { master: lifespan(1), write_only: lifespan(1) },
    }),
  );
  const found = await scene.answered(findKey(scene.deps, await scene.as('rita'), key.id));
  assert.deepEqual(found.key, key);
});

test('the limit of keys per user binds whoever creates them, exactly at the limit (K3)', async () => {
  const scene = await openScene(installation, { keysPerUserMost: 2 });
  const rita = await scene.person('rita');
  await scene.give('rita');
  await scene.give('adam', { ownerId: rita.id });
  for (const name of ['rita', 'adam', 'olga'] as const) {
    const refusal = await scene.refused(
      createKey(scene.deps, await scene.as(name), { ...PLAIN_KEY, ownerId: rita.id }),
    );
    assert.deepEqual(refusal, { kind: 'too-many-keys', ownerId: rita.id, held: 2, most: 2 });
  }
  assert.equal(KEYS_PER_USER_DEFAULT, 10_000);
});

test('ten calls at once for three free places create exactly three keys (K3)', async () => {
  const scene = await openScene(installation, { keysPerUserMost: 3 });
  const context = await scene.as('rita');
  const outcomes = await Promise.all(Array.from({ length: 10 }, () => createKey(scene.deps, context, PLAIN_KEY)));
  assert.equal(outcomes.filter((outcome) => outcome.ok).length, 3);
});

test("a narrowing stays within its owner's rights: below, equal and beyond (K5, P6)", async () => {
  const scene = await openScene(installation);
  await scene.policy([onDatabase('query', 'sales*'), onDatabase('import', 'web')], 'rita');
  const within = [[], [onDatabase('query', 'sales*')], [onDatabase('query', 'sales_eu'), onDatabase('import', 'web')]];
  for (const permissions of within)
    assert.deepEqual((await scene.give('rita', { permissions })).key.permissions, permissions);
  const beyond = [
    onDatabase('query', 'sale*'),
    onDatabase('query', '*'),
    onDatabase('download', 'sales'),
    onDatabase('manage', 'web'),
  ];
  const rita = await scene.person('rita');
  for (const permission of beyond) {
    const permissions = [onDatabase('import', 'web'), permission];
    const refusal = await scene.refused(createKey(scene.deps, await scene.as('rita'), { ...PLAIN_KEY, permissions }));
    assert.deepEqual(refusal, {
      kind: 'permission-beyond-owner',
      pointer: '/permissions/1',
      permission,
      ownerId: rita.id,
    });
  }
});

test("an administrator narrows a restricted user's key within that user's rights, not their own (P6)", async () => {
  const scene = await openScene(installation);
  await scene.policy([onDatabase('query', 'sales')], 'rita');
  const ownerId = (await scene.person('rita')).id;
  const permission = onDatabase('import', 'sales');
  const input = { ...PLAIN_KEY, ownerId, permissions: [permission] };
  const refusal = await scene.refused(createKey(scene.deps, await scene.as('adam'), input));
  assert.deepEqual(refusal, { kind: 'permission-beyond-owner', pointer: '/permissions/0', permission, ownerId });
  const { key } = await scene.give('adam', { ownerId, permissions: [onDatabase('query', 'sales')] });
  assert.deepEqual(key.permissions, [onDatabase('query', 'sales')]);
});

test('an operation that the catalogue does not know is refused for everybody, the Owner too (P3)', async () => {
  const scene = await openScene(installation);
  const unknown = [onDatabase('drop', 'a'), { resourceType: '*', operation: '*', ids: ['*'] }];
  for (const permission of unknown) {
    const input = { ...PLAIN_KEY, permissions: [permission] };
    const refusal = await scene.refused(createKey(scene.deps, await scene.as('olga'), input));
    assert.deepEqual(refusal, { kind: 'unknown-operation', pointer: '/permissions/0', permission });
  }
});

test('address ranges are kept in one canonical text each (K5, I2)', async () => {
  const scene = await openScene(installation);
  const allowedIps = ['10.0.0.0/8', '::ffff:192.0.2.1', '192.0.2.1/32', '2001:DB8:0:0::/32', '::/0'];
  const { key } = await scene.give('rita', { allowedIps });
  assert.deepEqual(key.allowedIps, ['10.0.0.0/8', '192.0.2.1', '2001:db8::/32', '::/0']);
});

test('every malformed range and origin is named at once', async () => {
  const scene = await openScene(installation);
  const input = {
    ...PLAIN_KEY,
    kind: 'write_only' as const,
    allowedIps: ['10.0.0.1/8', '10.0.0.0/8', '010.0.0.1'],
    allowedOrigins: ['https://shop.example', 'https://shop.example/'],
  };
  const refusal = await scene.refused(createKey(scene.deps, await scene.as('rita'), input));
  assert.deepEqual(refusal, {
    kind: 'malformed-fields',
    problems: [
      { pointer: '/allowed_ips/0', kind: 'not-an-ip-range', value: '10.0.0.1/8' },
      { pointer: '/allowed_ips/2', kind: 'not-an-ip-range', value: '010.0.0.1' },
      { pointer: '/allowed_origins/1', kind: 'not-a-web-origin', value: 'https://shop.example/' },
    ],
  });
});

test('only write-only keys are bound to web origins (K5)', async () => {
  const scene = await openScene(installation);
  const allowedOrigins = ['https://shop.example', 'https://shop.example'];
  const refusal = await scene.refused(createKey(scene.deps, await scene.as('rita'), { ...PLAIN_KEY, allowedOrigins }));
  assert.deepEqual(refusal, { kind: 'origins-on-master-key', pointer: '/allowed_origins' });
  const { key } = await scene.give('rita', { kind: 'write_only', allowedOrigins });
  assert.deepEqual(key.allowedOrigins, ['https://shop.example']);
});

test('metadata is measured in bytes of JSON, exactly at the limit', async () => {
  const scene = await openScene(installation);
  const metadataOf = (bytes: number) => ({
    note: 'é'.repeat((bytes - 11 - (bytes % 2 === 0 ? 1 : 0)) / 2) + (bytes % 2 === 0 ? 'x' : ''),
  });
  assert.equal(Buffer.byteLength(JSON.stringify(metadataOf(4096))), 4096);
  await scene.give('rita', { metadata: metadataOf(4096) });
  const refusal = await scene.refused(
    createKey(scene.deps, await scene.as('rita'), { ...PLAIN_KEY, metadata: metadataOf(4097) }),
  );
  assert.deepEqual(refusal, { kind: 'metadata-too-large', pointer: '/metadata', bytes: 4097, largestBytes: 4096 });
});

test('an id that was ever used is drawn again (K10)', async () => {
  const scene = await openScene(installation);
  const context = await scene.as('rita');
  const create = async (seed: string) =>
    (await scene.done(createKey({ ...scene.deps, randomBytes: seededBytes(seed) }, context, PLAIN_KEY))).value.key.id;
  const taken = await create('clash');
  // The same bytes: the first draw meets the id that is taken, also when its key is gone for good.
  const second = await create('clash');
  await scene.arrange(async (change) => {
    const key = await change.read.keys.find(scene.account.id, taken);
    assert.ok(key !== null);
    await change.keys.delete(key);
  });
  const third = await create('clash');
  assert.equal(new Set([taken, second, third]).size, 3);
});

test('a random generator that only repeats itself is a fault, and nothing is written (K10)', async () => {
  const scene = await openScene(installation);
  const deps = { ...scene.deps, randomBytes: (count: number) => new Uint8Array(count) };
  await scene.done(createKey(deps, await scene.as('rita'), PLAIN_KEY));
  const before = await scene.store.head();
  await expect(createKey(deps, await scene.as('rita'), PLAIN_KEY)).rejects.toThrow(/random generator is broken/);
  assert.deepEqual(await scene.store.head(), before);
});
