import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { AnswerOf, KeyWithSecretObject, ProblemObject } from '@claviger/contract';
import { DAY_MS, formatInstant, plusMs } from '@claviger/core';
import { createDataPlane, type DataPlane, NO_ROUTE_RULES } from '@claviger/gateway';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CallerHeaders, withKey } from './testing/cast.ts';
import { send } from './testing/send.ts';
import { openTestPlane, type TestPlane } from './testing/test-plane.ts';

let plane: TestPlane;
let data: DataPlane;
let dataUrl = '';
let owner: CallerHeaders;
beforeAll(async () => {
  plane = await openTestPlane();
  const body = {
    token: plane.setupToken,
    account: { name: 'Acme' },
    owner: { email: 'olga@acme.example', name: 'Olga', password: 'correct horse battery' },
  };
  const { body: made } = await send<AnswerOf<'setup'>>(plane, { method: 'POST', path: '/v1/setup', body });
  owner = withKey(String(made.keys.find(({ kind }) => kind === 'master')?.secret));
  const { verifier, clock } = plane.installation;
  const unheard = { onMisplacedKey: () => undefined, onFault: () => undefined };
  const publicUrl = plane.origin;
  data = createDataPlane({
    verifier,
    clock,
    randomBytes,
    routes: NO_ROUTE_RULES,
    trustedProxies: [],
    publicUrl,
    ...unheard,
  });
  dataUrl = `http://127.0.0.1:${(await data.start({ host: '127.0.0.1', port: 0 })).port}`;
});
afterAll(async () => {
  await data.close();
  await plane.close();
});

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const entry = (text: string, rest: object = {}): object => ({
  digest: sha256(text),
  kind: 'write_only',
  name: 'Old',
  ...rest,
});

async function importAll(keys: readonly object[], headers: CallerHeaders = {}) {
  const request = { method: 'POST', path: '/v1/keys/import', headers: { ...owner, ...headers }, body: { keys } };
  return send<AnswerOf<'import_keys'>>(plane, request);
}

/** What the data plane says of a text, for an operation on a database. */
async function verify(key: string, operation: string): Promise<AnswerOf<'verify_key'>> {
  const answer = await fetch(`${dataUrl}/v1/keys/verify`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${readFileSync(plane.installation.folder.verifierKeyFile, 'utf8').trim()}`,
    },
    body: JSON.stringify({ key, operation, resource: 'database:sales' }),
  });
  expect(answer.status).toBe(200);
  return (await answer.json()) as AnswerOf<'verify_key'>;
}

test('old texts go on working after an import, within their kind, until their time is over (K13, K1, E4, E9)', async () => {
  const [master, writeOnly] = ['AKIA-of-another-system-0001', 'ci:token/of=another+system!'];
  const answer = await importAll([
    entry(master, { kind: 'master', hint: 'AKIA…0001', lifespan_days: 90 }),
    entry(writeOnly, { digest: sha256(writeOnly).toUpperCase(), metadata: { from: 'elsewhere' }, lifespan_days: 1 }),
  ]);
  expect(answer).toMatchObject({ status: 201, names: ['key.imported', 'key.imported'] });
  const now = plane.installation.clock.now();
  expect(answer.body).toMatchObject({
    object: 'list',
    data: [
      { object: 'key', kind: 'master', hint: 'AKIA…0001', strength: 'unknown', status: 'active' },
      { hint: 'imported…', metadata: { from: 'elsewhere' }, expires_at: formatInstant(plusMs(now, DAY_MS)) },
    ],
  });
  expect(answer.text).not.toContain('secret');
  expect(answer.text).not.toContain(sha256(master));
  const ids = answer.body.data.map(({ id }) => id);
  expect(await verify(master, 'query')).toMatchObject({ allow: true, code: 'allowed', key: { id: ids[0] } });
  expect(await verify(writeOnly, 'import')).toMatchObject({ allow: true, code: 'allowed', key: { id: ids[1] } });
  expect(await verify(writeOnly, 'query')).toMatchObject({ allow: false, code: 'write_only_key' });
  expect(await verify(`${writeOnly}x`, 'import')).toMatchObject({ allow: false, code: 'not_found' });
  plane.pass(DAY_MS - 1);
  expect(await verify(writeOnly, 'import')).toMatchObject({ code: 'allowed' });
  plane.pass(1);
  expect(await verify(writeOnly, 'import')).toMatchObject({ allow: false, code: 'expired' });
  expect(await verify(master, 'query')).toMatchObject({ code: 'allowed' });
});

test('an imported master key is the credential of its owner on the management API (K13, K4)', async () => {
  const text = 'an-imported-credential-0001';
  await importAll([entry(text, { kind: 'master' })]);
  const made = { method: 'POST', path: '/v1/keys', headers: withKey(text), body: { kind: 'master', name: 'child' } };
  const child = await send<KeyWithSecretObject>(plane, made);
  expect(child.status).toBe(201);
  expect(child.body.created_by_key_id).toMatch(/^key_/);
});

test('a text that is taken is a conflict that names the entries, and imports none of the others (K13, T1)', async () => {
  const [known, fresh] = ['a-text-that-is-known-already', 'a-text-that-nobody-has-yet'];
  await importAll([entry(known)]);
  const again = await importAll([entry(fresh), entry(known)]);
  expect(again).toMatchObject({ status: 409, code: 'key_already_imported', names: [] });
  const problem = again.body as unknown as ProblemObject;
  expect(problem.errors?.map(({ pointer, code }) => [pointer, code])).toEqual([
    ['/keys/1/digest', 'key_already_imported'],
  ]);
  expect(await verify(fresh, 'import')).toMatchObject({ code: 'not_found' });
  expect((await importAll([entry(fresh)])).status).toBe(201);
});

test.each([
  { title: 'no entry', keys: [], code: 'invalid_body', pointers: ['/keys'] },
  {
    title: '101 entries',
    keys: Array.from({ length: 101 }, (_none, index) => entry(`one-of-too-many-${index}`)),
    code: 'invalid_body',
    pointers: ['/keys'],
  },
  {
    title: 'fields of wrong form in several entries',
    keys: [entry('x', { digest: 'abc' }), entry('y', { lifespan_days: 0, hint: '' }), entry('z', { surprise: 1 })],
    code: 'invalid_body',
    pointers: ['/keys/0/digest', '/keys/1/hint', '/keys/1/lifespan_days', '/keys/2/surprise'],
  },
  {
    title: 'ranges of wrong form and a digest twice',
    keys: [entry('a-text-of-wrong-ranges', { allowed_ips: ['10.0.0.1/8', '1.2.3'] }), entry('b'), entry('b')],
    code: 'invalid_body',
    pointers: ['/keys/0/allowed_ips/0', '/keys/0/allowed_ips/1', '/keys/2/digest'],
  },
  {
    title: 'mistakes of one sort',
    keys: [
      entry('one', { owner_id: `usr_${'A'.repeat(20)}` }),
      entry('two'),
      entry('three', { owner_id: `usr_${'B'.repeat(20)}` }),
    ],
    code: 'unknown_user',
    pointers: ['/keys/0/owner_id', '/keys/2/owner_id'],
  },
  {
    title: 'mistakes of two sorts',
    keys: [
      entry('one', { owner_id: `usr_${'A'.repeat(20)}` }),
      entry('two', { kind: 'master', allowed_origins: ['https://shop.example'] }),
      entry('three', { permissions: [{ resource_type: 'none', operation: 'x', ids: ['*'] }] }),
    ],
    code: 'import_refused',
    pointers: ['/keys/0/owner_id', '/keys/1/allowed_origins', '/keys/2/permissions/0'],
  },
])('$title: $code, with every mistake and its pointer (K13)', async ({ keys, code, pointers }) => {
  const answer = await importAll(keys);
  expect(answer).toMatchObject({ code, names: [] });
  const { errors = [] } = answer.body as unknown as ProblemObject;
  expect(errors.map(({ pointer }) => pointer)).toEqual(pointers);
});

test('a repetition under one Idempotency-Key imports once and answers as the first time', async () => {
  const keys = [entry('a-text-that-is-sent-twice')];
  const headers = { 'idempotency-key': 'import-of-the-tests-0001' };
  const [first, second] = [await importAll(keys, headers), await importAll(keys, headers)];
  expect([first.status, second.status, second.headers.get('idempotent-replayed')]).toEqual([201, 201, 'true']);
  expect(second.text).toBe(first.text);
  expect(second.names).toEqual([]);
});
