import type { KeyWithSecretObject } from '@claviger/contract';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { secretOf } from './support/api-client.ts';
import { type EventsApi, startEventsApi } from './support/events-api.ts';
import { type GuardedShop, startGuardedShop } from './support/guarded-shop.ts';
import { type Nginx, startNginx } from './support/nginx.ts';
import { PATH_TRICKS } from './support/path-tricks.ts';
import { exchange, type RawAnswer } from './support/raw-connection.ts';
import { type Recorder, startRecorder } from './support/recorder.ts';

const ORDERS = '/v1/events/shop/orders';
const IDENTITY = ['key-id', 'key-kind', 'owner-id', 'account-id', 'permissions', 'key-expires'];
const SPOOFED = 'spoofed-by-the-client';

let shop: GuardedShop;
let eventsApi: EventsApi;
let recorder: Recorder;
/** In front of the example API. */
let front: Nginx;
/** In front of an API that remembers what arrives. */
let watched: Nginx;
beforeAll(async () => {
  shop = await startGuardedShop();
  eventsApi = await startEventsApi();
  recorder = await startRecorder();
  const dataPlanePort = shop.claviger.ports.data;
  front = await startNginx({ dataPlanePort, upstreamPort: eventsApi.port });
  watched = await startNginx({ dataPlanePort, upstreamPort: recorder.port });
});
beforeEach(() => void recorder.take());
afterAll(async () => {
  await front?.delete();
  await watched?.delete();
  recorder?.close();
  await eventsApi?.stop();
  await shop?.delete();
});

const bearer = (key: KeyWithSecretObject): string => `Authorization: Bearer ${secretOf(key)}`;

/** Sends a request through nginx exactly as written. */
function send(nginx: Nginx, line: string, headers: readonly string[] = [], body = ''): Promise<RawAnswer | null> {
  const length = body === '' ? [] : ['Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`];
  const lines = [`${line} HTTP/1.1`, 'Host: shop.example', 'Connection: close', ...headers, ...length, '', body];
  return exchange(nginx.port, lines.join('\r\n'));
}

function expectProblem(answer: RawAnswer | null, status: number, code: string): void {
  expect(answer?.status, answer?.body).toBe(status);
  expect(answer?.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect(answer?.headers.get('cache-control')).toBe('no-store');
  expect(JSON.parse(answer?.body ?? '')).toMatchObject({ status, code });
}

test('the example API behind nginx takes what its keys may do, and nothing else (D8, D9, K1)', async () => {
  const events = JSON.stringify({ events: [{ name: 'order', time: '2026-11-23T09:00:00.000Z' }] });
  expect(await send(front, `POST ${ORDERS}`, [bearer(shop.shop.writeOnly)], events)).toMatchObject({ status: 202 });
  const read = await send(front, `GET ${ORDERS}?name=order`, [bearer(shop.shop.master)]);
  expect(read).toMatchObject({ status: 200 });
  expect(JSON.parse(read?.body ?? '').events).toHaveLength(1);
  expectProblem(await send(front, `GET ${ORDERS}`, [bearer(shop.shop.writeOnly)]), 403, 'write_only_key');
  expectProblem(
    await send(front, `GET /v1/events/secret/orders`, [bearer(shop.shop.master)]),
    403,
    'insufficient_permission',
  );
  expectProblem(await send(front, `DELETE ${ORDERS}`, [bearer(shop.shop.master)]), 403, 'no_route_rule');
});

test.each([
  ['Authorization: Bearer', (key: string) => `Authorization: Bearer ${key}`],
  ['Authorization: TD1', (key: string) => `Authorization: TD1 ${key}`],
  ['X-Api-Key', (key: string) => `X-Api-Key: ${key}`],
])('who calls arrives, and the credential in %s does not (D10, D11)', async (_name, header) => {
  const { master, userId } = shop.shop;
  expect(await send(watched, `GET ${ORDERS}?q=1`, [header(secretOf(master))])).toMatchObject({ status: 200 });
  const [arrived] = recorder.take();
  expect(arrived?.target).toBe(`${ORDERS}?q=1`);
  expect(arrived?.header('claviger-key-id')).toBe(master.id);
  expect(arrived?.header('claviger-key-kind')).toBe('master');
  expect(arrived?.header('claviger-owner-id')).toBe(userId);
  expect(arrived?.header('claviger-account-id')).toBe(shop.owner.accountId);
  const permissions = arrived?.header('claviger-permissions')?.split(',').toSorted();
  expect(permissions).toEqual(['database:import:shop', 'database:query:shop']);
  expect(arrived?.everything).not.toContain(secretOf(master));
});

test('whatever a client sends under our names never arrives (D10)', async () => {
  const names = IDENTITY.flatMap((name) => [`Claviger-${name}`, `claviger-${name}`, `CLAVIGER-${name.toUpperCase()}`]);
  const others = [
    'Claviger-Status',
    'Claviger-Problem',
    'Claviger-Code',
    'X-Original-Method',
    'X-Original-URI',
    'X-Original-URL',
    'X-Rewrite-URL',
    'X-Real-IP',
    'Forwarded',
  ];
  for (const name of [...names, ...others, 'Claviger_Key_Id']) {
    const answer = await send(watched, `GET ${ORDERS}`, [bearer(shop.shop.master), `${name}: ${SPOOFED}`]);
    const arrived = recorder.take();
    expect(answer?.status, name).toBe(200);
    expect(
      arrived.map(({ everything }) => everything.includes(SPOOFED)),
      name,
    ).toEqual([false]);
    expect(arrived[0]?.header('claviger-key-id'), name).toBe(shop.shop.master.id);
  }
});

test('headers that only speak to the data plane change no decision (D10, I6)', async () => {
  const pretended = [
    'X-Original-Method: GET',
    `X-Original-URI: ${ORDERS}`,
    'Claviger-Owner-Id: usr_00000000000000000000',
    'X-Forwarded-For: 127.0.0.1',
    'X-Real-IP: 127.0.0.1',
  ];
  const other = await send(watched, 'GET /v1/events/secret/orders', [bearer(shop.shop.master), ...pretended]);
  expectProblem(other, 403, 'insufficient_permission');
  expectProblem(await send(watched, `GET ${ORDERS}`, pretended), 401, 'credentials_required');
  expect(recorder.take()).toEqual([]);
});

test('a key that is bound to addresses is judged by the address nginx saw, not by one the client names (I6, I8)', async () => {
  const body = { kind: 'master', name: 'Bound', owner_id: shop.shop.userId, allowed_ips: ['203.0.113.0/24'] };
  const key = await shop.owner.api.must<KeyWithSecretObject>('POST', '/v1/keys', { body });
  for (const header of ['X-Forwarded-For: 203.0.113.7', 'X-Real-IP: 203.0.113.7', 'Forwarded: for=203.0.113.7']) {
    expectProblem(await send(watched, `GET ${ORDERS}`, [bearer(key), header]), 403, 'ip_not_allowed');
  }
  expect(recorder.take()).toEqual([]);
});

test.each(['GET', 'POST'])('no path trick brings a %s past its rule (D9)', async (method) => {
  const statuses = new Set<number>();
  for (const target of PATH_TRICKS) {
    const key = method === 'GET' ? shop.shop.master : shop.shop.writeOnly;
    const answer = await send(watched, `${method} ${target}`, [bearer(key)]);
    expect(recorder.take(), target).toEqual([]);
    expect(answer?.status, target).toBeGreaterThanOrEqual(400);
    statuses.add(answer?.status ?? 0);
  }
  expect([...statuses].filter((status) => ![400, 403, 404, 405].includes(status))).toEqual([]);
});

test('a target in absolute form is what its path is, whatever host it names (D9)', async () => {
  const answer = await send(watched, `GET http://secret.example${ORDERS}`, [bearer(shop.shop.master)]);
  expect(answer).toMatchObject({ status: 200 });
  expect(recorder.take().map(({ target }) => target)).toEqual([ORDERS]);
});

test.each(['X-HTTP-Method-Override', 'X-HTTP-Method', 'X-Method-Override'])(
  'another method in %s is refused, not passed on (D9)',
  async (header) => {
    const answer = await send(watched, `POST ${ORDERS}`, [bearer(shop.shop.writeOnly), `${header}: DELETE`], '{}');
    expectProblem(answer, 403, 'no_route_rule');
    expect(recorder.take()).toEqual([]);
  },
);

test.each(['TRACE', 'CONNECT', 'get', 'PROPFIND', 'FOO'])('the method %s does not get through (D9)', async (method) => {
  const answer = await send(watched, `${method} ${ORDERS}`, [bearer(shop.shop.master)]);
  expect(answer === null || answer.status >= 400).toBe(true);
  expect(recorder.take()).toEqual([]);
});

test('two credentials, and one header twice, are refused (D10)', async () => {
  const { master, writeOnly } = shop.shop;
  const twice = [
    [bearer(master), bearer(writeOnly)],
    [bearer(master), `X-Api-Key: ${secretOf(writeOnly)}`],
    [`X-Api-Key: ${secretOf(master)}`, `X-Api-Key: ${secretOf(writeOnly)}`],
  ];
  for (const headers of twice) {
    const answer = await send(watched, `GET ${ORDERS}`, headers);
    // nginx itself answers 400 where a header may come only once.
    expect([400, 401]).toContain(answer?.status);
  }
  expect(recorder.take()).toEqual([]);
});

test('a master key in a URL is refused (D11)', async () => {
  const answer = await send(watched, `POST ${ORDERS}?write_key=${secretOf(shop.shop.master)}`, [], '{}');
  expect([401, 403]).toContain(answer?.status);
  expect(recorder.take()).toEqual([]);
});

test('requests that two programs read differently, and upgrades, do not get through unasked', async () => {
  const both = [bearer(shop.shop.writeOnly), 'Content-Length: 2', 'Transfer-Encoding: chunked'];
  const smuggled = `0\r\n\r\nGET /v1/events/secret/orders HTTP/1.1\r\nHost: x\r\n\r\n`;
  expect(await send(watched, `POST ${ORDERS}`, both, smuggled)).toMatchObject({ status: 400 });
  const upgrade = ['Upgrade: websocket', 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=='];
  expectProblem(await send(watched, `GET ${ORDERS}`, upgrade), 401, 'credentials_required');
  expect(recorder.take()).toEqual([]);
});

test('refusals keep their status, their reason and their headers (D10, E11)', async () => {
  const none = await send(watched, `GET ${ORDERS}`);
  expectProblem(none, 401, 'credentials_required');
  expect(none?.headers.get('www-authenticate')).toMatch(/^Bearer/);
  expectProblem(await send(watched, `GET ${ORDERS}`, ['Authorization: Bearer clv_master_cut']), 401, 'key_malformed');
  const key = await shop.owner.api.must<KeyWithSecretObject>('POST', '/v1/keys', {
    body: { kind: 'master', name: 'Ended', owner_id: shop.shop.userId },
  });
  await shop.owner.api.must('POST', `/v1/keys/${key.id}/force-expire`, { body: { reason: 'compromised' } });
  const expired = await send(watched, `GET ${ORDERS}`, [bearer(key)]);
  expectProblem(expired, 401, 'key_expired');
  expect(expired?.headers.get('www-authenticate')).toMatch(/^Bearer.*invalid_token/);
  expect(JSON.parse(expired?.body ?? '').detail).toMatch(/expired at \d{4}-.*Create or rotate one at http/);
  expect(recorder.take()).toEqual([]);
});

test('too many requests are 429 with Retry-After, not the 500 that nginx would make of it (D10, K5)', async () => {
  const rate_limit = { requests: 2, per_seconds: 3_600 };
  const body = { kind: 'master', name: 'Slow', owner_id: shop.shop.userId, rate_limit };
  const key = await shop.owner.api.must<KeyWithSecretObject>('POST', '/v1/keys', { body });
  const answers: (RawAnswer | null)[] = [];
  for (let call = 0; call < 4; call += 1) answers.push(await send(watched, `GET ${ORDERS}`, [bearer(key)]));
  expect(answers.map((answer) => answer?.status)).toEqual([200, 200, 429, 429]);
  const refused = answers.at(-1) ?? null;
  expectProblem(refused, 429, 'rate_limited');
  expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(recorder.take()).toHaveLength(2);
});

test('a data plane that hangs or is gone is 503 with Retry-After, and nobody gets in (D10)', async () => {
  const { claviger } = shop;
  claviger.signal('SIGSTOP');
  const hanging = await send(watched, `GET ${ORDERS}`, [bearer(shop.shop.master)]);
  claviger.signal('SIGCONT');
  await claviger.kill();
  const gone = await send(watched, `GET ${ORDERS}`, [bearer(shop.shop.master)]);
  await claviger.restart();
  for (const answer of [hanging, gone]) {
    expectProblem(answer, 503, 'unavailable');
    expect(Number(answer?.headers.get('retry-after'))).toBeGreaterThan(0);
  }
  expect(recorder.take()).toEqual([]);
  expect(await send(watched, `GET ${ORDERS}`, [bearer(shop.shop.master)])).toMatchObject({ status: 200 });
});
