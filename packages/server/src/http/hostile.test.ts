import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openCast, withKey } from './testing/cast.ts';
import { send } from './testing/send.ts';
import { openTestPlane, type TestPlane } from './testing/test-plane.ts';

let plane: TestPlane;
let master = '';
beforeAll(async () => {
  plane = await openTestPlane();
  const { scene } = await openCast(plane);
  master = (await scene.give('olga')).secret.reveal();
});
afterAll(() => plane.close());

/** Writes bytes as they are and reads until the other side hangs up. */
function exchange(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(plane.port, '127.0.0.1', () => socket.write(text, 'latin1'));
    socket.setEncoding('latin1').on('data', (chunk: string) => (answer += chunk));
    socket.on('error', reject).on('close', () => resolve(answer));
  });
}

async function ask(
  line: string,
  headers: readonly string[] = [],
  body = '',
): Promise<{ status: number; code: string }> {
  const length = body === '' ? [] : [`Content-Length: ${Buffer.byteLength(body, 'latin1')}`];
  const head = [`${line} HTTP/1.1`, 'Host: test', 'Connection: close', ...length, ...headers].join('\r\n');
  const answer = await exchange(`${head}\r\n\r\n${body}`);
  const status = Number(answer.split(' ')[1]);
  const text = answer.slice(answer.indexOf('\r\n\r\n') + 4);
  if (status >= 400) expect(answer).toMatch(/^content-type: application\/problem\+json\r$/im);
  expect(answer).toMatch(/^request-id: req_/im);
  expect(answer).toMatch(/^cache-control: no-store\r$/im);
  return { status, code: text.startsWith('{') ? (JSON.parse(text) as { code: string }).code : '' };
}

const json = 'Content-Type: application/json';
const bearer = (): string => `Authorization: Bearer ${master}`;

test.each([
  ['GET //', 404],
  ['GET /%', 400],
  ['GET /%ff', 400],
  ['GET http://[', 400],
  ['GET /\\', 404],
  ['GET //[', 404],
  ['GET *', 404],
  ['OPTIONS *', 404],
  ['GET /v1/keys/%00', 401],
  ['GET /v1/keys/../me', 404],
  ['TRACE /v1/me', 405],
  ['PROPFIND /v1/me', 405],
  ['DELETE /v1/me', 405],
  ['HEAD /v1/me', 405],
])('%s is answered with %i and ends nothing (Q21)', async (line, status) => {
  expect((await ask(line)).status).toBe(status);
  expect((await ask('GET /livez')).status).toBe(200);
});

test('an id of 10,000 characters is answered like any other that is not there', async () => {
  const answer = await ask(`GET /v1/keys/${'a'.repeat(10_000)}`, [bearer()]);
  expect(answer).toEqual({ status: 404, code: 'not_found' });
});

test.each([
  { title: 'two Authorization headers', headers: () => [bearer(), bearer()] },
  { title: 'a key by two headers', headers: () => [bearer(), `X-Api-Key: ${master}`] },
  { title: 'a key and a cookie', headers: () => [bearer(), 'Cookie: claviger=x'] },
  { title: 'the same cookie twice', headers: () => ['Cookie: claviger=x; claviger=y'] },
  { title: 'the same cookie in two headers', headers: () => ['Cookie: claviger=x', 'Cookie: claviger=y'] },
  { title: 'a key and another scheme', headers: () => ['Authorization: Basic eDp5', `X-Api-Key: ${master}`] },
  {
    title: 'a second key behind many headers',
    headers: () => [bearer(), ...Array<string>(3_000).fill('a:'), bearer()],
  },
])('$title are ambiguous, and nobody picks one', async ({ headers }) => {
  expect(await ask('GET /v1/me', headers())).toEqual({ status: 400, code: 'ambiguous_credentials' });
});

const nested = '['.repeat(30_000);
test.each([
  { title: 'half an object', body: '{"kind":', headers: [json], code: 'malformed_json' },
  { title: 'bytes that are no UTF-8', body: '{"name":"\xff"}', headers: [json], code: 'malformed_json' },
  { title: 'nesting without end', body: nested, headers: [json], code: 'json_too_deep' },
  { title: 'a text', body: '"x"', headers: [json], code: 'invalid_body' },
  { title: 'null', body: 'null', headers: [json], code: 'invalid_body' },
  {
    title: 'a field of Object',
    body: '{"kind":"master","name":"x","__proto__":{"a":1}}',
    headers: [json],
    code: 'invalid_body',
  },
  { title: 'a NUL in a text', body: '{"kind":"master","name":"a\\u0000"}', headers: [json], code: 'invalid_body' },
  { title: 'no type', body: '{}', headers: [], code: 'unsupported_media_type' },
  {
    title: 'a form',
    body: 'a=b',
    headers: ['Content-Type: application/x-www-form-urlencoded'],
    code: 'unsupported_media_type',
  },
  { title: 'packed JSON', body: '{}', headers: [json, 'Content-Encoding: gzip'], code: 'unsupported_media_type' },
  { title: 'too many bytes', body: `{"name":"${'x'.repeat(70_000)}"}`, headers: [json], code: 'body_too_large' },
])('a body: $title, is refused as $code', async ({ body, headers, code }) => {
  expect((await ask('POST /v1/keys', [bearer(), ...headers], body)).code).toBe(code);
  expect(plane.logged).toEqual([]);
});

test('a request without Host, with both lengths, or with an unreadable line is refused with a problem (Q21)', async () => {
  for (const head of [
    'GET /livez HTTP/1.1\r\nConnection: close',
    'POST /v1/keys HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked',
    'GARBAGE',
    'GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\nbad header',
  ]) {
    const answer = await exchange(`${head}\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain('"code":"malformed_request"');
  }
  expect(await exchange(`GET / HTTP/1.1\r\nHost: x\r\nA: ${'a'.repeat(70_000)}\r\n\r\n`)).toContain(
    'headers_too_large',
  );
});

test('an unknown path is 404, another method 405 with Allow, OPTIONS says what there is', async () => {
  expect(await send(plane, { method: 'GET', path: '/nowhere' })).toMatchObject({ status: 404, code: 'unknown_path' });
  const wrong = await send(plane, { method: 'PUT', path: '/v1/keys' });
  expect([wrong.code, wrong.headers.get('allow')]).toEqual(['method_not_allowed', 'GET, POST, OPTIONS']);
  const options = await send(plane, { method: 'OPTIONS', path: '/v1/keys/key_0123456789ab' });
  expect([options.status, options.headers.get('allow')]).toEqual([204, 'GET, PATCH, DELETE, OPTIONS']);
});

test('a query is parsed strictly: doubles, unknown names, bad escapes and queries where none is taken are refused', async () => {
  const code = async (path: string) => (await send(plane, { method: 'GET', path, headers: withKey(master) })).code;
  expect(await code('/v1/keys?limit=1&limit=2')).toBe('invalid_query');
  expect(await code('/v1/keys?colour=blue')).toBe('invalid_query');
  expect(await code('/v1/keys?q=%ff')).toBe('invalid_query');
  expect(await code('/v1/keys?limit=101')).toBe('invalid_query');
  expect(await code('/v1/me?x=1')).toBe('invalid_query');
  expect(await code('/v1/keys?cursor=made-up')).toBe('bad_cursor');
  expect(await code('/v1/keys?q=a%20b+c&limit=100')).toBeNull();
});

test('no answer to a mistake repeats what was sent', async () => {
  const canary = 'canary'.repeat(5);
  for (const body of [{ [canary]: 1 }, { kind: canary, name: 5 }, { kind: 'master', name: 'x', owner_id: canary }]) {
    const answer = await send(plane, { method: 'POST', path: '/v1/keys', headers: withKey(master), body });
    expect(answer.status).toBe(400);
    expect(answer.text.replaceAll(`"/${canary}"`, '')).not.toContain(canary);
  }
});
