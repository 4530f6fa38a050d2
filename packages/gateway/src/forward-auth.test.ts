import { DAY_MS } from '@claviger/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseRouteFile } from './route-file.ts';
import type { RouteRules } from './route-rules.ts';
import { ask, type RawAnswer } from './testing/raw-http.ts';
import { NOW, type RunningDataPlane, runDataPlane } from './testing/running-data-plane.ts';
import { ACCOUNT, keyId, keyText, OWNER, RESTRICTED } from './testing/sample-state.ts';
import { problemIn, RECORDS } from './testing/verify-requests.ts';

const EVENT = {
  method: 'POST',
  path: '/v3/event/:database/:table',
  operation: 'import',
  resource: 'database::database',
};
const FILE = {
  unmatched: 'refuse',
  rules: [
    { ...EVENT, allow_write_key_query: true },
    { method: 'GET', path: '/v3/table/:database', operation: 'query', resource: 'database::database' },
    { ...EVENT, path: '/v1/track/:database', key_header: 'X-Write-Key' },
    { ...EVENT, path: '/v1/own/:database', key_header: 'X-Service-Key' },
  ],
};

function routes(changes: object = {}): RouteRules {
  const parsed = parseRouteFile(JSON.stringify({ ...FILE, ...changes }));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.refusal));
  return parsed.value;
}

let plane: RunningDataPlane;
beforeAll(async () => {
  plane = await runDataPlane(RECORDS, { routes: routes() });
});
afterAll(() => plane.stop());

/** What nginx sends for a request with these headers, recorded from nginx 1.22 with the documented configuration. */
function fromNginx(line: string, headers: readonly string[] = [], port = plane.port): Promise<RawAnswer> {
  const [method = '', target = ''] = line.split(' ');
  return ask(port, [
    'GET /v1/authz/nginx HTTP/1.0',
    `X-Original-Method: ${method}`,
    `X-Original-URI: ${target}`,
    'X-Real-IP: 203.0.113.7',
    'X-Forwarded-For: 203.0.113.7',
    'User-Agent: curl/8.5.0',
    'Accept: */*',
    ...headers,
  ]);
}

const MASTER = `Authorization: Bearer ${keyText(10)}`;
const WRITE_ONLY = `X-Api-Key: ${keyText(11, 'write_only')}`;
const IDENTITY = ['key-id', 'key-kind', 'owner-id', 'account-id', 'permissions', 'key-expires'];

function identityOf(answer: RawAnswer): readonly (string | undefined)[] {
  return IDENTITY.map((name) => answer.headers[`claviger-${name}`]);
}

test('allow is exactly 200 with an empty body and every identity header (D10)', async () => {
  const answer = await fromNginx('POST /v3/event/sales/orders', [WRITE_ONLY]);
  expect([answer.status, answer.body, answer.headers['content-length']]).toEqual([200, '', '0']);
  expect(identityOf(answer)).toEqual([keyId(11), 'write_only', RESTRICTED, ACCOUNT, 'database:import:sales', '']);
  expect(answer.headers['cache-control']).toBe('no-store');
  expect(answer.headers['content-type']).toBeUndefined();
});

test('the expiry is told within the reminder period (E13)', async () => {
  const soon = await fromNginx('GET /v3/table/x', [`Authorization: TD1 ${keyText(13)}`]);
  expect(soon.headers['claviger-key-expires']).toBe(new Date(NOW + 5 * DAY_MS).toISOString());
  const late = await fromNginx('GET /v3/table/x', [`Authorization: TD1 ${keyText(14)}`]);
  expect([late.status, late.headers['claviger-key-expires']]).toEqual([200, '']);
});

test.each([
  ['no key', [], 'POST /v3/event/sales/o', 401, 'credentials_required', 'Bearer realm="claviger"'],
  [
    'half a key',
    ['X-Api-Key: clv_master_x'],
    'POST /v3/event/sales/o',
    401,
    'key_malformed',
    'Bearer realm="claviger", error="invalid_token"',
  ],
  [
    'an unknown key',
    [`X-Api-Key: ${keyText(99)}`],
    'POST /v3/event/sales/o',
    401,
    'key_not_found',
    'Bearer realm="claviger", error="invalid_token"',
  ],
  [
    'a disabled key',
    [`X-Api-Key: ${keyText(15)}`],
    'POST /v3/event/sales/o',
    401,
    'key_disabled',
    'Bearer realm="claviger", error="invalid_token"',
  ],
  [
    'a write-only key that reads',
    [WRITE_ONLY],
    'GET /v3/table/sales',
    403,
    'write_only_key',
    'Bearer realm="claviger", error="insufficient_scope"',
  ],
  [
    'a key without the permission',
    [WRITE_ONLY],
    'POST /v3/event/hr/o',
    403,
    'insufficient_permission',
    'Bearer realm="claviger", error="insufficient_scope"',
  ],
  [
    'a key from elsewhere',
    [`X-Api-Key: ${keyText(18, 'write_only')}`],
    'POST /v3/event/sales/o',
    403,
    'origin_not_allowed',
    undefined,
  ],
  ['a path without a rule', [MASTER], 'GET /elsewhere', 403, 'no_route_rule', undefined],
  [
    'two keys',
    [MASTER, WRITE_ONLY],
    'POST /v3/event/sales/o',
    401,
    'ambiguous_credentials',
    'Bearer realm="claviger", error="invalid_request"',
  ],
  [
    'one header twice',
    [MASTER, MASTER],
    'POST /v3/event/sales/o',
    401,
    'ambiguous_credentials',
    'Bearer realm="claviger", error="invalid_request"',
  ],
] as const)('%s is refused, with no identity (D10)', async (_title, headers, line, ...expected) => {
  const answer = await fromNginx(line, headers);
  const { code, status } = problemIn(answer);
  expect([status, code, answer.headers['www-authenticate']]).toEqual(expected);
  expect([answer.headers['claviger-status'], answer.headers['claviger-code']]).toEqual([String(status), code]);
  expect(answer.headers['claviger-problem']).toBe(answer.body);
  expect(identityOf(answer)).toEqual(IDENTITY.map(() => ''));
});

test('an expired key is told that it expired, when, and where to replace it (E11)', async () => {
  plane.setNow(NOW + 5 * DAY_MS);
  const answer = await fromNginx('GET /v3/table/x', [`X-Api-Key: ${keyText(13)}`]);
  plane.setNow(NOW);
  const at = new Date(NOW + 5 * DAY_MS).toISOString();
  expect(problemIn(answer)).toMatchObject({
    status: 401,
    code: 'key_expired',
    detail: `The presented key expired at ${at}. Create or rotate one at https://keys.example/keys.`,
    expired_at: at,
    replace_url: 'https://keys.example/keys',
  });
});

test('a wrong secret for an expired key is not found: nothing is told of it (E11)', async () => {
  plane.setNow(NOW + 5 * DAY_MS);
  const answer = await fromNginx('GET /v3/table/x', [`X-Api-Key: ${keyText(13, 'master', 'Z')}`]);
  plane.setNow(NOW);
  expect(problemIn(answer).code).toBe('key_not_found');
});

test('429 travels as 403 with the real status and Retry-After (D10)', async () => {
  const limited = [`X-Api-Key: ${keyText(19)}`];
  expect((await fromNginx('GET /v3/table/x', limited)).status).toBe(200);
  // Refusals for another reason draw nothing from the limit, and come before it.
  expect((await fromNginx('GET /elsewhere', limited)).headers['claviger-code']).toBe('no_route_rule');
  const answer = await fromNginx('GET /v3/table/x', limited);
  expect([answer.status, answer.headers['claviger-status'], answer.headers['retry-after']]).toEqual([403, '429', '60']);
  expect(JSON.parse(answer.body)).toMatchObject({ status: 429, code: 'rate_limited', retry_after_seconds: 60 });
});

test('a stale verifier is 503, travelling as 403 (D5, D10)', async () => {
  const other = await runDataPlane(RECORDS, { routes: routes() });
  other.passStaleness();
  const answer = await fromNginx('GET /v3/table/x', [MASTER], other.port);
  expect([answer.status, answer.headers['claviger-status'], answer.headers['retry-after']]).toEqual([403, '503', '5']);
  expect(JSON.parse(answer.body)).toMatchObject({ status: 503, code: 'stale' });
  await other.stop();
});

test('the question itself may have any method, query, body and content type (D10)', async () => {
  for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND']) {
    const answer = await ask(
      plane.port,
      [
        `${method} /v1/authz/nginx?write_key=x&uri=/other HTTP/1.1`,
        'X-Original-Method: GET',
        'X-Original-URI: /v3/table/x',
        'Content-Type: text/plain',
        MASTER,
      ],
      method === 'TRACE' ? '' : 'x'.repeat(10),
    );
    expect([method, answer.status]).toEqual([method, 200]);
  }
});

test.each([
  ['HEAD counts as GET', 'HEAD /v3/table/sales', 200],
  ['a query is cut off', 'GET /v3/table/sales?x=/../..', 200],
  ['another method has no rule', 'DELETE /v3/table/sales', 403],
  ['methods are upper case', 'get /v3/table/sales', 403],
  ['a trailing slash matches nothing', 'GET /v3/table/sales/', 403],
  ['case counts', 'GET /V3/table/sales', 403],
  ['a double slash is refused', 'GET //v3/table/sales', 403],
  ['a dot segment is refused', 'GET /v3/x/../table/sales', 403],
  ['an encoded slash is refused', 'GET /v3/table/sales%2forders', 403],
  ['a matrix parameter is refused', 'GET /v3/table/sales;x', 403],
  ['an absolute form is refused', 'GET http://api/v3/table/sales', 403],
  ['an asterisk is refused', 'OPTIONS *', 403],
] as const)('%s (D9)', async (_title, line, status) => {
  const answer = await fromNginx(line, [MASTER]);
  expect([answer.status, answer.headers['claviger-code']]).toEqual([
    status,
    status === 200 ? undefined : 'no_route_rule',
  ]);
});

test.each([
  ['without a method', ['X-Original-URI: /v3/table/x']],
  ['without a target', ['X-Original-Method: GET']],
  ['with two targets', ['X-Original-Method: GET', 'X-Original-URI: /v3/table/x', 'X-Original-URI: /elsewhere']],
  ['with two methods', ['X-Original-Method: GET', 'X-Original-Method: GET', 'X-Original-URI: /v3/table/x']],
])('a question %s lets nobody in (D10)', async (_title, headers) => {
  const answer = await ask(plane.port, ['GET /v1/authz/nginx HTTP/1.1', MASTER, ...headers]);
  expect([answer.status, answer.headers['claviger-code']]).toEqual([403, 'no_route_rule']);
});

test.each(['X-HTTP-Method-Override', 'X-HTTP-Method', 'X-Method-Override'])(
  '%s to another method is refused, to the same one it is nothing (D9)',
  async (name) => {
    expect((await fromNginx('GET /v3/table/x', [MASTER, `${name}: DELETE`])).status).toBe(403);
    expect((await fromNginx('GET /v3/table/x', [MASTER, `${name}: DELETE`, `${name}: GET`])).status).toBe(403);
    expect((await fromNginx('GET /v3/table/x', [MASTER, `${name}: get`])).status).toBe(200);
  },
);

test('identity headers of the client are never answered back (D10)', async () => {
  const spoofed = ['Claviger-Key-Id: key_spoofed', 'Claviger-Owner-Id: usr_spoofed', 'Claviger-Permissions: *:*:*'];
  const allowed = await fromNginx('GET /v3/table/x', [MASTER, ...spoofed]);
  expect(identityOf(allowed)).toEqual([keyId(10), 'master', OWNER, ACCOUNT, '*:*:*', '']);
  const denied = await fromNginx('GET /v3/table/x', spoofed);
  expect(identityOf(denied)).toEqual(IDENTITY.map(() => ''));
});

test('a write-only key may come as X-Write-Key or write_key where the rule says so (D11)', async () => {
  const key = keyText(11, 'write_only');
  expect((await fromNginx(`POST /v3/event/sales/o?write_key=${key}`)).status).toBe(200);
  expect((await fromNginx('POST /v3/event/sales/o', [`X-Write-Key: ${key}`])).status).toBe(200);
  expect((await fromNginx(`GET /v3/table/sales?write_key=${key}`)).status).toBe(401);
  const twice = await fromNginx(`POST /v3/event/sales/o?write_key=${key}`, [WRITE_ONLY]);
  expect(twice.headers['claviger-code']).toBe('ambiguous_credentials');
});

test('a master key in a URL or in X-Write-Key is refused and reported (D11)', async () => {
  plane.misplaced.length = 0;
  const byQuery = await fromNginx(`POST /v3/event/sales/o?write_key=${keyText(10)}`);
  const byHeader = await fromNginx('POST /v3/event/sales/o', [`X-Write-Key: ${keyText(10)}`]);
  const byNamedHeader = await fromNginx('POST /v1/track/sales', [`X-Write-Key: ${keyText(10)}`]);
  for (const answer of [byQuery, byHeader, byNamedHeader]) {
    expect(problemIn(answer)).toMatchObject({ status: 403, code: 'insufficient_permission' });
    expect(answer.body).not.toContain(keyText(10));
  }
  expect(plane.misplaced).toEqual([keyId(10), keyId(10), keyId(10)]);
});

test('a rule may name the header of the key; other credentials then pass through untouched (D9)', async () => {
  const key = `X-Service-Key: ${keyText(10)}`;
  const foreign = ['Authorization: Basic eDp5', 'X-Api-Key: something', 'Authorization: Bearer two'];
  expect((await fromNginx('POST /v1/own/sales', [key, ...foreign])).status).toBe(200);
  expect((await fromNginx('POST /v1/own/sales', [key, key])).headers['claviger-code']).toBe('ambiguous_credentials');
  const missing = await fromNginx('POST /v1/own/sales', [MASTER]);
  expect(problemIn(missing).detail).toContain('x-service-key');
});

test('authenticate_only lets whole master keys in where no rule is, and nobody where one would be walked around (D9)', async () => {
  const other = await runDataPlane(RECORDS, { routes: routes({ unmatched: 'authenticate_only' }) });
  const statusOf = async (line: string, key: string): Promise<number> =>
    (await fromNginx(line, [`X-Api-Key: ${key}`], other.port)).status;
  expect(await statusOf('GET /elsewhere', keyText(10))).toBe(200);
  expect(await statusOf('GET /elsewhere', keyText(12))).toBe(200);
  expect(await statusOf('GET /elsewhere', keyText(11, 'write_only'))).toBe(403);
  expect(await statusOf('GET /elsewhere', keyText(21))).toBe(403);
  expect(await statusOf('GET /elsewhere', keyText(15))).toBe(401);
  for (const trick of [
    '/V3/table/sales',
    '/v3/table/sales/',
    '/v3//table/sales',
    '/v3/./table/sales',
    '/x%2fy',
    '/x;y',
  ]) {
    expect([trick, await statusOf(`GET ${trick}`, keyText(12))]).toEqual([trick, 403]);
  }
  await other.stop();
});

test('no key at all is 401, also where no rule is: nobody learns which paths there are (D9)', async () => {
  expect((await fromNginx('GET /elsewhere')).status).toBe(401);
  expect((await fromNginx('GET //')).status).toBe(401);
});

test('dead keys are told dead before anything is said of the route', async () => {
  expect((await fromNginx('GET /elsewhere', [`X-Api-Key: ${keyText(15)}`])).headers['claviger-code']).toBe(
    'key_disabled',
  );
});
