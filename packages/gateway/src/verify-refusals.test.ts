import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask } from './testing/raw-http.ts';
import { type RunningDataPlane, runDataPlane } from './testing/running-data-plane.ts';
import { internalKeyRecord, keyText } from './testing/sample-state.ts';
import { AUTHORIZATION, askVerify, GOOD, IMPORT, JSON_TYPE, problemIn, RECORDS } from './testing/verify-requests.ts';

let plane: RunningDataPlane;
beforeAll(async () => {
  plane = await runDataPlane(RECORDS);
});
afterAll(() => plane.stop());

test.each([
  ['none', [JSON_TYPE], 401, 'credentials_required', 'Bearer realm="claviger"'],
  [
    'of another scheme',
    ['Authorization: Basic eDp5', JSON_TYPE],
    401,
    'credentials_required',
    'Bearer realm="claviger"',
  ],
  [
    "a client's key",
    [`Authorization: Bearer ${keyText(10)}`, JSON_TYPE],
    401,
    'internal_key_required',
    'Bearer realm="claviger", error="invalid_token"',
  ],
  [
    'an unknown one',
    [`X-Api-Key: ${keyText(9, 'internal')}`, JSON_TYPE],
    401,
    'internal_key_required',
    'Bearer realm="claviger", error="invalid_token"',
  ],
  [
    'one of another purpose',
    [`X-Api-Key: ${keyText(2, 'internal')}`, JSON_TYPE],
    401,
    'internal_key_required',
    'Bearer realm="claviger", error="invalid_token"',
  ],
  [
    'an ended one',
    [`X-Api-Key: ${keyText(3, 'internal')}`, JSON_TYPE],
    401,
    'internal_key_required',
    'Bearer realm="claviger", error="invalid_token"',
  ],
  ['the same header twice', [AUTHORIZATION, AUTHORIZATION, JSON_TYPE], 400, 'ambiguous_credentials', undefined],
  [
    'two headers',
    [AUTHORIZATION, `X-Api-Key: ${keyText(1, 'internal')}`, JSON_TYPE],
    400,
    'ambiguous_credentials',
    undefined,
  ],
  [
    'a good one beside a bad one',
    ['Authorization: Bearer x', AUTHORIZATION, JSON_TYPE],
    400,
    'ambiguous_credentials',
    undefined,
  ],
])("a caller's credential that is %s is refused (K11)", async (_title, headers, ...expected) => {
  const answer = await askVerify(plane.port, GOOD, headers);
  expect([answer.status, problemIn(answer).code, answer.headers['www-authenticate']]).toEqual(expected);
});

test.each(['Authorization: bearer ', 'Authorization: TD1 ', 'X-Api-Key: ', 'x-api-key: '])(
  'the credential may come as %s',
  async (start) => {
    expect((await askVerify(plane.port, GOOD, [start + keyText(1, 'internal'), JSON_TYPE])).status).toBe(200);
  },
);

test('a caller whose internal key ends is nobody from that change on (K11, X1)', async () => {
  await plane.change(internalKeyRecord(4));
  const headers = [`Authorization: Bearer ${keyText(4, 'internal')}`, JSON_TYPE];
  expect((await askVerify(plane.port, GOOD, headers)).status).toBe(200);
  await plane.change(internalKeyRecord(4, { is_ended: true }));
  expect((await askVerify(plane.port, GOOD, headers)).status).toBe(401);
});

test.each([
  ['', ['/key missing', ' not_allowed']],
  ['{}', ['/key missing', ' not_allowed']],
  ['null', [' wrong_type']],
  ['[]', [' wrong_type', ' not_allowed']],
  ['"key"', [' wrong_type']],
  [{ key: 1, ...IMPORT }, ['/key wrong_type']],
  [{ key: 'x' }, [' not_allowed']],
  [{ key: 'x', operation: 'import' }, [' not_allowed']],
  [{ key: 'x', ...IMPORT, authenticate_only: true }, [' not_allowed']],
  [{ key: 'x', authenticate_only: false }, ['/authenticate_only not_allowed_value']],
  [{ key: 'x', operation: 'import', resource: 'sales' }, ['/resource wrong_format']],
  [{ key: 'x', operation: 'import', resource: ':sales' }, ['/resource wrong_format']],
  [{ key: 'x', operation: 'import', resource: 'database:' }, ['/resource wrong_format']],
  [{ key: 'x', operation: '', resource: 'database:x' }, ['/operation too_short']],
  [{ key: 'x', operation: 'o'.repeat(65), resource: 'database:x' }, ['/operation too_long']],
  [{ key: 'x', ...IMPORT, more: 1 }, ['/more unknown_field']],
  [{ key: 'x', ...IMPORT, min_version: '1' }, ['/min_version wrong_format']],
  [{ key: 'x', ...IMPORT, ip: '203.0.113.07' }, ['/ip wrong_format']],
  [{ key: 'x', ...IMPORT, ip: 'localhost' }, ['/ip wrong_format']],
  [{ key: 'x', ...IMPORT, ip: '' }, ['/ip too_short']],
  [
    { operation: 'import', ip: '1.2.3', more: 1 },
    ['/key missing', '/more unknown_field', ' not_allowed', '/ip wrong_format'],
  ],
])('the body %j is refused with everything that is wrong with it', async (body, expected) => {
  const answer = await askVerify(plane.port, body);
  const problem = problemIn(answer);
  expect([answer.status, problem.code]).toEqual([400, 'invalid_body']);
  expect(problem.errors?.map(({ pointer, code }) => `${pointer} ${code}`).toSorted()).toEqual(expected.toSorted());
});

test.each(['{', '{"key":"x"', 'key=x', '\u0000', '{"key":"\xff"}', '\u00ef\u00bb\u00bf{}', `{"key":"${keyText(10)}`])(
  'the text %j is no JSON, and nothing of it is repeated',
  async (body) => {
    const answer = await ask(plane.port, ['POST /v1/keys/verify HTTP/1.1', AUTHORIZATION, JSON_TYPE], body);
    expect([answer.status, problemIn(answer).code]).toEqual([400, 'malformed_json']);
    expect(answer.body).not.toContain(keyText(10).slice(0, 20));
  },
);

test('JSON nested thirty thousand levels deep is refused like any other', async () => {
  const deep = `{"key":${'['.repeat(30_000)}${']'.repeat(30_000)}}`;
  const answer = await askVerify(plane.port, deep);
  expect([answer.status, problemIn(answer).code]).toEqual([400, 'json_too_deep']);
});

test.each([
  ['absent', []],
  ['text/plain', ['Content-Type: text/plain']],
  ['a form', ['Content-Type: application/x-www-form-urlencoded']],
  ['another charset', ['Content-Type: application/json; charset=latin1']],
  ['two types', [JSON_TYPE, 'Content-Type: text/plain']],
  ['compressed', [JSON_TYPE, 'Content-Encoding: gzip']],
])('a body whose type is %s is refused with 415', async (_title, headers) => {
  const answer = await askVerify(plane.port, GOOD, [AUTHORIZATION, ...headers]);
  expect([answer.status, problemIn(answer).code]).toEqual([415, 'unsupported_media_type']);
});

test.each([
  'application/json; charset=utf-8',
  'APPLICATION/JSON',
  'application/json;charset="UTF-8"',
  'application/json; profile=x',
])('a body of type %s is taken', async (type) => {
  expect((await askVerify(plane.port, GOOD, [AUTHORIZATION, `Content-Type: ${type}`])).status).toBe(200);
});

test('a body of 64 KiB is taken, one byte more is 413', async () => {
  const padded = (bytes: number): string => {
    const bare = JSON.stringify({ ...GOOD, origin: '' });
    return bare.slice(0, -2) + 'x'.repeat(bytes - bare.length) + bare.slice(-2);
  };
  // The body is read; the schema then refuses an origin that long.
  expect(problemIn(await askVerify(plane.port, padded(65_536))).code).toBe('invalid_body');
  const answer = await askVerify(plane.port, padded(65_537));
  expect([answer.status, problemIn(answer)['largest_bytes']]).toEqual([413, 65_536]);
});

test('a query is refused: no secret belongs there, and nothing of it is repeated', async () => {
  const answer = await ask(plane.port, [
    `POST /v1/keys/verify?${keyText(10)}&limit=1 HTTP/1.1`,
    AUTHORIZATION,
    JSON_TYPE,
  ]);
  expect(problemIn(answer).errors?.map(({ pointer }) => pointer)).toEqual(['', '/limit']);
  expect(answer.body).not.toContain(keyText(10));
});
