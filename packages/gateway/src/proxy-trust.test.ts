import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type IpRange, parseIpRange } from '@claviger/core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { parseRouteFile } from './route-file.ts';
import { ask, type RawAnswer } from './testing/raw-http.ts';
import { type RunningDataPlane, runDataPlane } from './testing/running-data-plane.ts';
import { keyId, keyText } from './testing/sample-state.ts';
import { problemIn, RECORDS } from './testing/verify-requests.ts';

const ROUTES = parseRouteFile(
  JSON.stringify({
    unmatched: 'refuse',
    rules: [{ method: 'GET', path: '/v3/table/:database', operation: 'query', resource: 'database::database' }],
  }),
);
const TRUSTED = ['192.0.2.0/28', '10.0.0.0/8']
  .map((text) => parseIpRange(text))
  .filter((range): range is IpRange => range !== null);

let plane: RunningDataPlane;
const servers: Server[] = [];
beforeAll(async () => {
  if (!ROUTES.ok) throw new Error('the rules of this test are wrong');
  plane = await runDataPlane(RECORDS, { routes: ROUTES.value, trustedProxies: TRUSTED });
});
afterAll(() => plane.stop());
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

const ASKED = ['GET /v1/authz/nginx HTTP/1.1', 'X-Original-Method: GET', 'X-Original-URI: /v3/table/x'];
const proxyKey = (number: number): string => `Claviger-Proxy-Key: ${keyText(number, 'internal')}`;
const client = (number: number): string => `X-Api-Key: ${keyText(number)}`;

/** Asks as a proxy whose connection comes from this address; the sockets are real, and say so themselves. */
async function fromPeer(peer: string, headers: readonly string[]): Promise<RawAnswer> {
  const server = createServer(plane.dataPlane.handler);
  server.on('connection', (socket) => Object.defineProperty(socket, 'remoteAddress', { value: peer }));
  servers.push(server);
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
  return ask(port, [...ASKED, ...headers]);
}

test.each([
  ['loopback without a proxy key', '127.0.0.1', [], 200, undefined],
  ['loopback over IPv6', '::1', [], 200, undefined],
  ['loopback, mapped', '::ffff:127.0.0.1', [], 200, undefined],
  ['loopback with a proxy key', '127.0.0.1', [proxyKey(1)], 200, undefined],
  ['loopback with a wrong proxy key', '127.0.0.1', [proxyKey(9)], 401, 'internal_key_required'],
  ['a trusted proxy without a proxy key', '192.0.2.1', [], 401, 'internal_key_required'],
  ['a trusted proxy with a proxy key', '192.0.2.1', [proxyKey(1)], 200, undefined],
  ['a trusted proxy with an unknown proxy key', '192.0.2.1', [proxyKey(9)], 401, 'internal_key_required'],
  ['a trusted proxy with a key of another purpose', '192.0.2.1', [proxyKey(2)], 401, 'internal_key_required'],
  ['a trusted proxy with an ended key', '192.0.2.1', [proxyKey(3)], 401, 'internal_key_required'],
  [
    "a trusted proxy with a client's key",
    '192.0.2.1',
    [`Claviger-Proxy-Key: ${keyText(10)}`],
    401,
    'internal_key_required',
  ],
  ['a trusted proxy with two proxy keys', '192.0.2.1', [proxyKey(1), proxyKey(1)], 401, 'internal_key_required'],
  ['a stranger without a proxy key', '192.0.2.99', [], 401, 'internal_key_required'],
  ['a stranger with a proxy key', '192.0.2.99', [proxyKey(1)], 403, 'not_allowed'],
  ['a socket that is gone', '', [proxyKey(1)], 403, 'not_allowed'],
] as const)('%s is answered as it should (D10)', async (_title, peer, headers, ...expected) => {
  const answer = await fromPeer(peer, [client(10), ...headers]);
  expect([answer.status, answer.headers['claviger-code']]).toEqual(expected);
  if (answer.status === 200) expect(answer.headers['claviger-key-id']).toBe(keyId(10));
  else expect([problemIn(answer).status, answer.headers['claviger-key-id']]).toEqual([answer.status, '']);
});

test('a proxy key is no credential of a client (D10)', async () => {
  const answer = await fromPeer('192.0.2.1', [proxyKey(1)]);
  expect(problemIn(answer).code).toBe('credentials_required');
  const both = await fromPeer('192.0.2.1', [proxyKey(1), client(10)]);
  expect(both.status).toBe(200);
});

test("through a bound proxy another account's key is unknown; a proxy on this machine is bound by showing a key (T1)", async () => {
  expect(problemIn(await fromPeer('192.0.2.1', [proxyKey(1), client(20)])).code).toBe('key_not_found');
  expect(problemIn(await fromPeer('127.0.0.1', [proxyKey(1), client(20)])).code).toBe('key_not_found');
  expect((await fromPeer('127.0.0.1', [client(20)])).status).toBe(200);
});

/** Key 17 works from 203.0.113.0/24 alone. */
test.each([
  ['X-Real-IP', ['X-Real-IP: 203.0.113.7'], 200],
  ['another X-Real-IP', ['X-Real-IP: 198.51.100.1'], 403],
  ['X-Forwarded-For', ['X-Forwarded-For: 203.0.113.7'], 200],
  ['the right-most hop', ['X-Forwarded-For: 203.0.113.7, 198.51.100.1'], 403],
  ['past configured proxies', ['X-Forwarded-For: 203.0.113.7, 10.1.2.3'], 200],
  ['both, in accord', ['X-Real-IP: 203.0.113.7', 'X-Forwarded-For: 198.51.100.1, 203.0.113.7'], 200],
  ['a spoofed X-Forwarded-For', ['X-Real-IP: 198.51.100.1', 'X-Forwarded-For: 203.0.113.7'], 403],
  ['a spoofed X-Real-IP', ['X-Real-IP: 203.0.113.7', 'X-Forwarded-For: 198.51.100.1'], 403],
  ['two X-Real-IP', ['X-Real-IP: 203.0.113.7', 'X-Real-IP: 203.0.113.7'], 403],
  ['spoofed loopback', ['X-Real-IP: 127.0.0.1', 'X-Forwarded-For: 203.0.113.7, 127.0.0.1'], 403],
  ['nothing at all', [], 403],
  ['other headers for addresses', ['Forwarded: for=203.0.113.7', 'True-Client-IP: 203.0.113.7'], 403],
] as const)('the address of the client comes from %s (I6, I8)', async (_title, headers, status) => {
  for (const [peer, key] of [
    ['127.0.0.1', []],
    ['192.0.2.1', [proxyKey(1)]],
  ] as const) {
    const answer = await fromPeer(peer, [client(17), ...key, ...headers]);
    expect([peer, answer.status, answer.headers['claviger-code']]).toEqual([
      peer,
      status,
      status === 200 ? undefined : 'ip_not_allowed',
    ]);
  }
});

test('an address that nobody could tell is explained (T3)', async () => {
  const answer = await fromPeer('127.0.0.1', [client(17), 'X-Real-IP: 203.0.113.7', 'X-Forwarded-For: 198.51.100.1']);
  expect(problemIn(answer).detail).toContain('could not be told');
});
