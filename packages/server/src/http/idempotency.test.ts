import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CallerHeaders, type Cast, openCast, withKey } from './testing/cast.ts';
import { send } from './testing/send.ts';
import { openTestPlane, type TestPlane } from './testing/test-plane.ts';

let plane: TestPlane;
let cast: Cast;
let olga: CallerHeaders;
beforeAll(async () => {
  plane = await openTestPlane();
  cast = await openCast(plane);
  olga = withKey((await cast.scene.give('olga')).secret);
});
afterAll(() => plane.close());

type KeyAnswer = { readonly id: string; readonly secret?: string };
const create = (idempotencyKey: string, body: unknown = { kind: 'master', name: 'x' }, headers = olga) =>
  send<KeyAnswer>(plane, {
    method: 'POST',
    path: '/v1/keys',
    headers: { ...headers, 'idempotency-key': idempotencyKey },
    body,
  });

test('a repetition answers as the first time, without the secret, and changes nothing (K7)', async () => {
  const first = await create('first-key-of-the-tests');
  expect(first).toMatchObject({ status: 201, names: ['key.created'] });
  const again = await create('first-key-of-the-tests');
  expect(again).toMatchObject({ status: 201, names: [] });
  const { secret, ...shown } = first.body;
  expect(secret).toMatch(/^clv_master_/);
  expect(again.body).toEqual(shown);
  expect(again.headers.get('idempotent-replayed')).toBe('true');
  expect(again.headers.get('claviger-version')).toBe(first.headers.get('claviger-version'));
  expect(first.headers.get('idempotent-replayed')).toBeNull();
});

test('another body under the same key is refused, and so is a key that is none', async () => {
  await create('second-key-of-the-tests');
  expect(await create('second-key-of-the-tests', { kind: 'master', name: 'y' })).toMatchObject({
    status: 422,
    code: 'idempotency_mismatch',
    names: [],
  });
  expect((await create('a'.repeat(15))).code).toBe('idempotency_key_malformed');
  expect((await create('a'.repeat(256))).code).toBe('idempotency_key_malformed');
  expect((await create('with a blank in it')).code).toBe('idempotency_key_malformed');
});

test('the same key is another one for another credential and for another thing', async () => {
  const rita = withKey((await cast.scene.give('rita')).secret);
  const [a, b] = [await create('third-key-of-the-tests'), await create('third-key-of-the-tests', undefined, rita)];
  expect(b.names).toEqual(['key.created']);
  const rotate = (id: string) =>
    send<KeyAnswer>(plane, {
      method: 'POST',
      path: `/v1/keys/${id}/rotate`,
      headers: { ...olga, 'idempotency-key': 'fourth-key-of-the-tests' },
      body: { overlap_seconds: 0 },
    });
  expect((await rotate(a.body.id)).body.id).toBe(a.body.id);
  expect((await rotate(b.body.id)).body.id).toBe(b.body.id);
});

test('a refusal is not kept: what was refused may succeed later under the same key', async () => {
  const body = {
    kind: 'write_only',
    name: 'x',
    permissions: [{ resource_type: 'nothing', operation: 'x', ids: ['*'] }],
  };
  expect((await create('fifth-key-of-the-tests', body)).code).toBe('unknown_permission');
  expect((await create('fifth-key-of-the-tests')).status).toBe(201);
});

test('of fifty at once one makes the key, the others wait or get its answer, and nothing is made twice', async () => {
  const answers = await Promise.all(Array.from({ length: 50 }, () => create('sixth-key-of-the-tests')));
  const made = answers.filter((answer) => answer.status === 201);
  expect(new Set(made.map((answer) => answer.body.id)).size).toBe(1);
  expect(answers.filter((answer) => answer.body.secret !== undefined)).toHaveLength(1);
  const running = answers.filter((answer) => answer.code === 'idempotency_running');
  expect(made.length + running.length).toBe(50);
});

test('neither key nor body is stored: only what nobody can turn back', async () => {
  await create('a-canary-of-an-idempotency-key', { kind: 'master', name: 'a canary of a name' });
  const replay = await plane.installation.store.read((reader) =>
    reader.findReplay(
      {
        credentialId: 'nobody',
        route: 'POST /v1/keys',
        keyMac: plane.installation.sealer.mac('idempotency-key', 'a-canary-of-an-idempotency-key'),
      },
      plane.installation.clock.now(),
    ),
  );
  expect(replay).toBeNull();
});
