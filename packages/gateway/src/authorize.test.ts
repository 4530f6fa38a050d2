import { afterAll, beforeAll, expect, test } from 'vitest';
import { fromNginx, MASTER, sampleRoutes, WRITE_ONLY } from './testing/nginx-requests.ts';
import { ask } from './testing/raw-http.ts';
import { type RunningDataPlane, runDataPlane } from './testing/running-data-plane.ts';
import { keyId, keyText } from './testing/sample-state.ts';
import { problemIn, RECORDS } from './testing/verify-requests.ts';

let plane: RunningDataPlane;
beforeAll(async () => {
  plane = await runDataPlane(RECORDS, { routes: sampleRoutes() });
});
afterAll(() => plane.stop());

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
  const answer = await fromNginx(plane.port, line, [MASTER]);
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
    expect((await fromNginx(plane.port, 'GET /v3/table/x', [MASTER, `${name}: DELETE`])).status).toBe(403);
    expect((await fromNginx(plane.port, 'GET /v3/table/x', [MASTER, `${name}: DELETE`, `${name}: GET`])).status).toBe(
      403,
    );
    expect((await fromNginx(plane.port, 'GET /v3/table/x', [MASTER, `${name}: get`])).status).toBe(200);
  },
);

test('a write-only key may come as X-Write-Key or write_key where the rule says so (D11)', async () => {
  const key = keyText(11, 'write_only');
  expect((await fromNginx(plane.port, `POST /v3/event/sales/o?write_key=${key}`)).status).toBe(200);
  expect((await fromNginx(plane.port, 'POST /v3/event/sales/o', [`X-Write-Key: ${key}`])).status).toBe(200);
  expect((await fromNginx(plane.port, `GET /v3/table/sales?write_key=${key}`)).status).toBe(401);
  const twice = await fromNginx(plane.port, `POST /v3/event/sales/o?write_key=${key}`, [WRITE_ONLY]);
  expect(twice.headers['claviger-code']).toBe('ambiguous_credentials');
});

test('a master key in a URL or in X-Write-Key is refused and reported (D11)', async () => {
  plane.misplaced.length = 0;
  const byQuery = await fromNginx(plane.port, `POST /v3/event/sales/o?write_key=${keyText(10)}`);
  const byHeader = await fromNginx(plane.port, 'POST /v3/event/sales/o', [`X-Write-Key: ${keyText(10)}`]);
  const byNamedHeader = await fromNginx(plane.port, 'POST /v1/track/sales', [`X-Write-Key: ${keyText(10)}`]);
  for (const answer of [byQuery, byHeader, byNamedHeader]) {
    expect(problemIn(answer)).toMatchObject({ status: 403, code: 'insufficient_permission' });
    expect(answer.body).not.toContain(keyText(10));
  }
  expect(plane.misplaced).toEqual([keyId(10), keyId(10), keyId(10)]);
});

test('a rule may name the header of the key; other credentials then pass through untouched (D9)', async () => {
  const key = `X-Service-Key: ${keyText(10)}`;
  const foreign = ['Authorization: Basic eDp5', 'X-Api-Key: something', 'Authorization: Bearer two'];
  expect((await fromNginx(plane.port, 'POST /v1/own/sales', [key, ...foreign])).status).toBe(200);
  expect((await fromNginx(plane.port, 'POST /v1/own/sales', [key, key])).headers['claviger-code']).toBe(
    'ambiguous_credentials',
  );
  const missing = await fromNginx(plane.port, 'POST /v1/own/sales', [MASTER]);
  expect(problemIn(missing).detail).toContain('x-service-key');
});

test('authenticate_only lets whole master keys in where no rule is, and nobody where one would be walked around (D9)', async () => {
  const other = await runDataPlane(RECORDS, { routes: sampleRoutes({ unmatched: 'authenticate_only' }) });
  const statusOf = async (line: string, key: string): Promise<number> =>
    (await fromNginx(other.port, line, [`X-Api-Key: ${key}`])).status;
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
  expect((await fromNginx(plane.port, 'GET /elsewhere')).status).toBe(401);
  expect((await fromNginx(plane.port, 'GET //')).status).toBe(401);
});

test('dead keys are told dead before anything is said of the route', async () => {
  expect((await fromNginx(plane.port, 'GET /elsewhere', [`X-Api-Key: ${keyText(15)}`])).headers['claviger-code']).toBe(
    'key_disabled',
  );
});
