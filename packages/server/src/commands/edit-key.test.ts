import assert from 'node:assert/strict';
import { DAY_MS, lifespan } from '@claviger/core';
import { type KeyEdit, openSqlite } from '@claviger/storage';
import { afterAll, beforeAll, test } from 'vitest';
import { editKey } from './edit-key.ts';
import { type Installation, openInstallation } from './testing/installation.ts';
import { onDatabase, openScene } from './testing/scene.ts';

let installation: Installation;
beforeAll(async () => {
  installation = await openInstallation('edit-key', openSqlite);
});
afterAll(() => installation.close());

test('an edit changes what it names, in one event, and nothing else', async () => {
  const scene = await openScene(installation);
  const { key } = await scene.give('rita', { lifespan: lifespan(30), kind: 'write_only' });
  const edit: KeyEdit = {
    name: 'Web shop',
    metadata: { team: 'blue' },
    allowedIps: ['10.0.0.0/8', '10.0.0.0/8'],
    allowedOrigins: ['https://shop.example'],
    rateLimit: { requests: 5, perSeconds: 1 },
  };
  const { value, names, events } = await scene.done(
    editKey(scene.deps, await scene.as('rita'), { keyId: key.id, edit }),
  );
  assert.deepEqual(names, ['key.changed']);
  const attributes = (JSON.parse(events[0]?.changes ?? '[]') as { attribute: string }[]).map(
    ({ attribute }) => attribute,
  );
  assert.deepEqual(attributes.sort(), ['allowed_ips', 'allowed_origins', 'metadata', 'name', 'rate_limit']);
  assert.deepEqual(value.key, { ...key, ...edit, allowedIps: ['10.0.0.0/8'] });
  assert.deepEqual(await scene.key(key.id), value.key);
});

test('an edit that changes nothing is no event', async () => {
  const scene = await openScene(installation);
  const { key } = await scene.give('rita', { allowedIps: ['10.0.0.0/8'] });
  const { name, metadata, allowedIps, allowedOrigins, permissions, rateLimit } = key;
  const edits: readonly KeyEdit[] = [{}, { name, metadata, allowedIps, allowedOrigins, permissions, rateLimit }];
  for (const edit of edits) {
    assert.deepEqual(
      (await scene.done(editKey(scene.deps, await scene.as('rita'), { keyId: key.id, edit }))).names,
      [],
    );
  }
});

test("narrower or wider, always within the owner's rights, whoever edits (K5, P6)", async () => {
  const scene = await openScene(installation);
  await scene.policy([onDatabase('query', 'sales*')], 'rita');
  const { key } = await scene.give('rita', { permissions: [] });
  for (const permissions of [[onDatabase('query', 'sales_eu')], [onDatabase('query', 'sales*')], null, []]) {
    for (const name of ['rita', 'adam', 'olga'] as const) {
      const input = { keyId: key.id, edit: { permissions } };
      const { value } = await scene.done(editKey(scene.deps, await scene.as(name), input));
      assert.deepEqual(value.key.permissions, permissions);
    }
  }
  for (const name of ['rita', 'adam', 'olga'] as const) {
    const permission = onDatabase('query', '*');
    const input = { keyId: key.id, edit: { permissions: [permission] } };
    const refusal = await scene.refused(editKey(scene.deps, await scene.as(name), input));
    assert.deepEqual(refusal, {
      kind: 'permission-beyond-owner',
      pointer: '/permissions/0',
      permission,
      ownerId: key.ownerId,
    });
  }
});

test('what a new key is refused, an edit is refused too (K5, P3)', async () => {
  const scene = await openScene(installation);
  const { key } = await scene.give('olga');
  const cases: readonly (readonly [KeyEdit, string])[] = [
    [{ allowedIps: ['10.0.0.1/8'] }, 'malformed-fields'],
    [{ allowedOrigins: ['https://shop.example'] }, 'origins-on-master-key'],
    [{ permissions: [onDatabase('drop', 'a')] }, 'unknown-operation'],
    [{ metadata: { note: 'x'.repeat(5_000) } }, 'metadata-too-large'],
  ];
  for (const [edit, kind] of cases) {
    const refusal = await scene.refused(editKey(scene.deps, await scene.as('olga'), { keyId: key.id, edit }));
    assert.equal(refusal.kind, kind);
  }
});

test('no edit moves an expiry, and a dead key may still be named (E4, E10)', async () => {
  const scene = await openScene(installation);
  const { key } = await scene.give('rita', { lifespan: lifespan(1) });
  scene.pass(DAY_MS);
  const input = { keyId: key.id, edit: { name: 'Old one' } };
  const { value } = await scene.done(editKey(scene.deps, await scene.as('rita'), input));
  assert.deepEqual(value.key, { ...key, name: 'Old one' });
});

test('only who manages a key edits it; for all others it does not exist (K9)', async () => {
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
  for (const [name, { key }] of cases) {
    const input = { keyId: key.id, edit: { name: 'Mine now' } };
    const refusal = await scene.refused(editKey(scene.deps, await scene.as(name), input));
    assert.deepEqual(refusal, { kind: 'key-not-found', keyId: key.id });
  }
});
