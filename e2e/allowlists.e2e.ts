import type { KeyWithSecretObject } from '@claviger/contract';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { OWNER_EMAIL, OWNER_PASSWORD, secretOf } from './support/api-client.ts';
import { runClaviger } from './support/claviger-process.ts';
import { type GuardedShop, startGuardedShop } from './support/guarded-shop.ts';
import { type Nginx, startNginx, startPlainNginx } from './support/nginx.ts';
import { exchange, type RawAnswer } from './support/raw-connection.ts';
import { type Recorder, startRecorder } from './support/recorder.ts';

/** Clients of this machine that no list or proxy setting knows by chance. The proxies themselves come from 127.0.0.1. */
const INSIDE = '127.0.0.2';
const OUTSIDE = '127.0.0.3';
/** What a client sends who would like to come from somewhere else. */
const PRETENDED = [
  [],
  [`X-Forwarded-For: ${INSIDE}`],
  [`X-Forwarded-For: ${INSIDE}, ${INSIDE}`],
  [`X-Forwarded-For: ${INSIDE}, 127.0.0.1`],
  [`X-Real-IP: ${INSIDE}`],
  [`X-Forwarded-For: ${INSIDE}`, `X-Real-IP: ${INSIDE}`],
  [`Forwarded: for=${INSIDE}`],
  [`X-Original-Forwarded-For: ${INSIDE}`],
  [`True-Client-IP: ${INSIDE}`],
] as const;

const ORDERS = '/v1/events/shop/orders';

let shop: GuardedShop;
let recorder: Recorder;
/** In front of an API whose keys are looked at. */
let guard: Nginx;
/** In front of the management API, and configured there as a proxy to believe. */
let front: Nginx;
beforeAll(async () => {
  shop = await startGuardedShop({ settings: { CLAVIGER_TRUSTED_PROXIES: '127.0.0.1' } });
  recorder = await startRecorder();
  const { data, control } = shop.claviger.ports;
  guard = await startNginx({ dataPlanePort: data, upstreamPort: recorder.port });
  front = await startPlainNginx(control);
});
beforeEach(() => void recorder.take());
afterAll(async () => {
  await guard?.delete();
  await front?.delete();
  recorder?.close();
  await shop?.delete();
});

type Sent = {
  readonly from: string;
  readonly line: string;
  readonly headers: readonly string[];
  readonly body?: unknown;
};

/** Sends a request exactly as written, from one of this machine's addresses. */
async function send(port: number, { from, line, headers, body }: Sent): Promise<RawAnswer> {
  const text = body === undefined ? '' : JSON.stringify(body);
  const length = text === '' ? [] : ['Content-Type: application/json', `Content-Length: ${Buffer.byteLength(text)}`];
  const lines = [`${line} HTTP/1.1`, 'Host: shop.example', 'Connection: close', ...headers, ...length, '', text];
  const answer = await exchange(port, lines.join('\r\n'), from);
  if (answer === null) throw new Error(`${line} was not answered`);
  return answer;
}

const codeOf = (answer: RawAnswer): string =>
  answer.status < 300 ? String(answer.status) : String((JSON.parse(answer.body) as { readonly code: string }).code);
const bearer = (key: KeyWithSecretObject): string => `Authorization: Bearer ${secretOf(key)}`;
const setList = (cidr: string, scope: string, more: object = {}) =>
  shop.owner.session.must('PUT', '/v1/ip-allowlist', { body: { entries: [{ cidr, scope }], ...more } });

test('behind nginx a key works from the list alone, whatever its client says of itself (I3, I6)', async () => {
  const { master, writeOnly } = shop.shop;
  const read = async (from: string, pretended: readonly string[] = []) =>
    codeOf(await send(guard.port, { from, line: `GET ${ORDERS}`, headers: [bearer(master), ...pretended] }));
  expect([await read(INSIDE), await read(OUTSIDE)]).toEqual(['200', '200']);
  await setList(INSIDE, 'api_key_only');
  expect(await read(INSIDE)).toBe('200');
  recorder.take();
  for (const pretended of PRETENDED) expect(await read(OUTSIDE, pretended), pretended.join()).toBe('ip_not_allowed');
  expect(recorder.take()).toEqual([]);
  // Ingestion with a write-only key is exempt, reading with one is not (I8).
  const write = { from: OUTSIDE, headers: [bearer(writeOnly)], body: {} };
  expect(codeOf(await send(guard.port, { ...write, line: `POST ${ORDERS}` }))).toBe('200');
  expect(codeOf(await send(guard.port, { ...write, line: `GET ${ORDERS}` }))).toBe('ip_not_allowed');
  await setList(OUTSIDE, 'api_key_only');
  expect([await read(INSIDE), await read(OUTSIDE)]).toEqual(['ip_not_allowed', '200']);
  await shop.owner.session.must('PUT', '/v1/ip-allowlist', { body: { entries: [] } });
  expect(await read(INSIDE)).toBe('200');
});

const credentials = { email: OWNER_EMAIL, password: OWNER_PASSWORD };

test('behind nginx a session works from the list alone; the operator lets in who is locked out (I5, I6)', async () => {
  const { claviger, owner } = shop;
  const origin = `Origin: ${claviger.control}`;
  const signIn = (from: string, port = front.port, pretended: readonly string[] = []) =>
    send(port, { from, line: 'POST /v1/sessions', headers: [origin, ...pretended], body: credentials });
  const signedIn = await signIn(INSIDE);
  expect(signedIn.status).toBe(201);
  const cookie = `Cookie: ${signedIn.headers.get('set-cookie')?.split(';')[0]}`;
  const get = (from: string, path: string, port = front.port, pretended: readonly string[] = []) =>
    send(port, { from, line: `GET ${path}`, headers: [cookie, ...pretended] });
  const put = (entries: readonly object[], more: object = {}) => {
    const body = { entries, ...more };
    return send(front.port, { from: INSIDE, line: 'PUT /v1/ip-allowlist', headers: [cookie, origin], body });
  };
  const refused = await put([{ cidr: OUTSIDE, scope: 'all' }]);
  expect(codeOf(refused)).toBe('lockout_unconfirmed');
  expect(JSON.parse(refused.body)).toMatchObject({ your_address: INSIDE });
  expect(codeOf(await put([{ cidr: INSIDE, scope: 'all' }]))).toBe('200');
  expect(codeOf(await get(INSIDE, '/v1/me'))).toBe('200');
  for (const pretended of PRETENDED) {
    const title = pretended.join();
    expect(codeOf(await get(OUTSIDE, '/v1/me', front.port, pretended)), title).toBe('ip_not_allowed');
    // Past the proxy: whoever is none is not believed.
    expect(codeOf(await get(OUTSIDE, '/v1/me', claviger.ports.control, pretended)), title).toBe('ip_not_allowed');
    expect(codeOf(await signIn(OUTSIDE, front.port, pretended)), title).toBe('ip_not_allowed');
  }
  const events = await get(INSIDE, '/v1/audit-events?event_name=access.denied&limit=100');
  const { data } = JSON.parse(events.body) as { readonly data: readonly { readonly ip_address: string }[] };
  expect(data.length).toBeGreaterThanOrEqual(3 * PRETENDED.length);
  expect(new Set(data.map(({ ip_address }) => ip_address))).toEqual(new Set([OUTSIDE]));

  expect(codeOf(await put([{ cidr: '192.0.2.1', scope: 'all' }], { confirm_lockout: true }))).toBe('200');
  expect(codeOf(await get(INSIDE, '/v1/me'))).toBe('ip_not_allowed');
  expect(codeOf(await signIn(INSIDE))).toBe('ip_not_allowed');
  const run = (...args: readonly string[]) =>
    runClaviger(['allowlist', ...args], { CLAVIGER_DATA_DIR: claviger.dataDir, CLAVIGER_LISTEN: '127.0.0.1:0' });
  expect(await run('lift', 'acc_AAAAAAAAAAAAAAAAAAAA')).toMatchObject({ code: 3, output: '' });
  const lifted = await run('lift', owner.accountId);
  expect(lifted).toMatchObject({ code: 0, errors: '' });
  expect(lifted.output).toMatch(/^account_ip_allowlist {2}monitor$/m);
  expect(codeOf(await get(INSIDE, '/v1/me'))).toBe('200');
  expect((await signIn(OUTSIDE)).status).toBe(201);
});
