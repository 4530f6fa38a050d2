import { DAY_MS } from '@claviger/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fromNginx, MASTER, sampleRoutes, WRITE_ONLY } from './testing/nginx-requests.ts';
import { ask, type RawAnswer } from './testing/raw-http.ts';
import { NOW, type RunningDataPlane, runDataPlane } from './testing/running-data-plane.ts';
import { ACCOUNT, keyId, keyText, OWNER, RESTRICTED } from './testing/sample-state.ts';
import { problemIn, RECORDS } from './testing/verify-requests.ts';

let plane: RunningDataPlane;
beforeAll(async () => {
  plane = await runDataPlane(RECORDS, { routes: sampleRoutes() });
});
afterAll(() => plane.stop());

const IDENTITY = ['key-id', 'key-kind', 'owner-id', 'account-id', 'permissions', 'key-expires'];

function identityOf(answer: RawAnswer): readonly (string | undefined)[] {
  return IDENTITY.map((name) => answer.headers[`claviger-${name}`]);
}

test('allow is exactly 200 with an empty body and every identity header (D10)', async () => {
  const answer = await fromNginx(plane.port, 'POST /v3/event/sales/orders', [WRITE_ONLY]);
  expect([answer.status, answer.body, answer.headers['content-length']]).toEqual([200, '', '0']);
  expect(identityOf(answer)).toEqual([keyId(11), 'write_only', RESTRICTED, ACCOUNT, 'database:import:sales', '']);
  expect(answer.headers['cache-control']).toBe('no-store');
  expect(answer.headers['content-type']).toBeUndefined();
});

test('the expiry is told within the reminder period (E13)', async () => {
  const soon = await fromNginx(plane.port, 'GET /v3/table/x', [`Authorization: TD1 ${keyText(13)}`]);
  expect(soon.headers['claviger-key-expires']).toBe(new Date(NOW + 5 * DAY_MS).toISOString());
  const late = await fromNginx(plane.port, 'GET /v3/table/x', [`Authorization: TD1 ${keyText(14)}`]);
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
  const answer = await fromNginx(plane.port, line, headers);
  const { code, status } = problemIn(answer);
  expect([status, code, answer.headers['www-authenticate']]).toEqual(expected);
  expect([answer.headers['claviger-status'], answer.headers['claviger-code']]).toEqual([String(status), code]);
  expect(answer.headers['claviger-problem']).toBe(answer.body);
  expect(identityOf(answer)).toEqual(IDENTITY.map(() => ''));
});

test('an expired key is told that it expired, when, and where to replace it (E11)', async () => {
  plane.setNow(NOW + 5 * DAY_MS);
  const answer = await fromNginx(plane.port, 'GET /v3/table/x', [`X-Api-Key: ${keyText(13)}`]);
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
  const answer = await fromNginx(plane.port, 'GET /v3/table/x', [`X-Api-Key: ${keyText(13, 'master', 'Z')}`]);
  plane.setNow(NOW);
  expect(problemIn(answer).code).toBe('key_not_found');
});

test('429 travels as 403 with the real status and Retry-After (D10)', async () => {
  const limited = [`X-Api-Key: ${keyText(19)}`];
  // Refusals for another reason draw nothing from the limit.
  expect((await fromNginx(plane.port, 'GET /elsewhere', limited)).headers['claviger-code']).toBe('no_route_rule');
  expect((await fromNginx(plane.port, 'GET /v3/table/x', limited)).status).toBe(200);
  // They come before it, too.
  expect((await fromNginx(plane.port, 'GET /elsewhere', limited)).headers['claviger-code']).toBe('no_route_rule');
  const answer = await fromNginx(plane.port, 'GET /v3/table/x', limited);
  expect([answer.status, answer.headers['claviger-status'], answer.headers['retry-after']]).toEqual([403, '429', '60']);
  expect(answer.headers).toMatchObject({ ratelimit: '"key";r=0;t=60', 'ratelimit-policy': '"key";q=1;w=60' });
  expect(JSON.parse(answer.body)).toMatchObject({ status: 429, code: 'rate_limited', retry_after_seconds: 60 });
});

test('a stale verifier is 503, travelling as 403 (D5, D10)', async () => {
  const other = await runDataPlane(RECORDS, { routes: sampleRoutes() });
  other.passStaleness();
  const answer = await fromNginx(other.port, 'GET /v3/table/x', [MASTER]);
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

test('identity headers of the client are never answered back (D10)', async () => {
  const spoofed = ['Claviger-Key-Id: key_spoofed', 'Claviger-Owner-Id: usr_spoofed', 'Claviger-Permissions: *:*:*'];
  const allowed = await fromNginx(plane.port, 'GET /v3/table/x', [MASTER, ...spoofed]);
  expect(identityOf(allowed)).toEqual([keyId(10), 'master', OWNER, ACCOUNT, '*:*:*', '']);
  const denied = await fromNginx(plane.port, 'GET /v3/table/x', spoofed);
  expect(identityOf(denied)).toEqual(IDENTITY.map(() => ''));
});

test('what a proxy was answered is counted by code; a request without a key was no decision', async () => {
  const other = await runDataPlane(RECORDS, { routes: sampleRoutes() });
  for (const headers of [[MASTER], [MASTER], [`X-Api-Key: ${keyText(15)}`], [], [MASTER, MASTER]]) {
    await fromNginx(other.port, 'GET /v3/table/x', headers);
  }
  const counted = other.dataPlane.counts().filter(({ count }) => count > 0);
  expect(counted.map(({ source, code, count }) => `${source} ${code} ${count}`)).toEqual([
    'nginx allowed 2',
    'nginx disabled 1',
  ]);
  await other.stop();
});
