import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { DecisionObject } from '@claviger/contract';
import { instant, Secret } from '@claviger/core';
import { afterEach, expect, test } from 'vitest';
import { systemVerifierClock } from './clock.ts';
import type { DeciderQuestion } from './decider.ts';
import { remoteDecider, type RemoteDeciderDeps } from './remote-decider.ts';
import { createHandClock } from './testing/hand-clock.ts';
import { accountIdNumber, keyIdNumber, keyTextNumber, userIdNumber } from './testing/sample-records.ts';

const QUESTION: DeciderQuestion = {
  key: new Secret(keyTextNumber(1)),
  operation: { name: 'import', resource: 'database:sales' },
  ip: '203.0.113.7',
  origin: null,
  minVersion: '1.7',
};
const ALLOWED: DecisionObject = {
  object: 'decision',
  allow: true,
  code: 'allowed',
  version: '1.9',
  key: {
    id: keyIdNumber(1),
    kind: 'write_only',
    name: null,
    owner_id: userIdNumber(1),
    expires_at: '2026-12-01T00:00:00.000Z',
    expiring: true,
  },
  account_id: accountIdNumber(1),
  permissions: [{ resource_type: 'database', operation: 'import', ids: ['*'] }],
};

type Received = {
  readonly url: string | undefined;
  readonly authorization: string | undefined;
  readonly body: unknown;
};
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** A verify endpoint that answers everything alike, and what it was asked. */
async function endpoint(
  status: number,
  body: string,
  more: Readonly<Record<string, string>> = {},
): Promise<{ url: string; received: Received[] }> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { url, headers } = request;
      received.push({ url, authorization: headers.authorization, body: JSON.parse(Buffer.concat(chunks).toString()) });
      response.writeHead(status, { 'content-type': 'application/json', location: '/elsewhere', ...more }).end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received };
}

function ask(deps: Partial<RemoteDeciderDeps> & { readonly url: string }, question = QUESTION) {
  const verifierKey = new Secret('clv_internal_x');
  return remoteDecider({ verifierKey, clock: systemVerifierClock(), ...deps }).decide(question);
}

test('a question goes out and its answer comes back in our words (D8)', async () => {
  const { url, received } = await endpoint(200, JSON.stringify(ALLOWED));
  expect(await ask({ url })).toEqual({
    isAllowed: true,
    code: 'allowed',
    version: '1.9',
    key: {
      id: keyIdNumber(1),
      kind: 'write_only',
      name: null,
      ownerId: userIdNumber(1),
      expiresAt: instant(Date.UTC(2026, 11, 1)),
      isExpiring: true,
    },
    accountId: accountIdNumber(1),
    permissions: [{ resourceType: 'database', operation: 'import', ids: ['*'] }],
    retryAfterSeconds: null,
    rateLimitHeaders: {},
    expiredAt: null,
  });
  const asked = { operation: 'import', resource: 'database:sales', ip: '203.0.113.7', min_version: '1.7' };
  expect(received).toEqual([
    { url: '/v1/keys/verify', authorization: 'Bearer clv_internal_x', body: { key: keyTextNumber(1), ...asked } },
  ]);
  await ask({ url }, { ...QUESTION, operation: null, ip: null, origin: 'https://x.example', minVersion: null });
  expect(received[1]?.body).toEqual({ key: keyTextNumber(1), authenticate_only: true, origin: 'https://x.example' });
});

test('what is left of a rate limit is passed on, if it is that (K5)', async () => {
  const told = { ratelimit: '"key";r=3;t=12', 'ratelimit-policy': '"key";q=5;w=30' };
  const { url } = await endpoint(200, JSON.stringify(ALLOWED), told);
  expect((await ask({ url })).rateLimitHeaders).toEqual(told);
  const other = await endpoint(200, JSON.stringify(ALLOWED), { ...told, ratelimit: 'whatever;\t"x"' });
  expect((await ask({ url: other.url })).rateLimitHeaders).toEqual({});
});

test('an expired answer tells when, if that is its lifespan (E11)', async () => {
  const expired = { ...ALLOWED, allow: false, code: 'expired' };
  const { url } = await endpoint(200, JSON.stringify(expired));
  const at = instant(Date.UTC(2026, 11, 1));
  expect((await ask({ url, clock: { ...systemVerifierClock(), now: () => at } })).expiredAt).toBe(at);
  const before = { ...systemVerifierClock(), now: () => instant(at - 1) };
  expect(await ask({ url, clock: before })).toMatchObject({ isAllowed: false, code: 'expired', expiredAt: null });
});

test.each<[string, number, string]>([
  ['nothing', 200, ''],
  ['an empty object', 200, '{}'],
  ['true', 200, 'true'],
  ['an unknown field', 200, JSON.stringify({ ...ALLOWED, more: 1 })],
  ['a text for a boolean', 200, JSON.stringify({ ...ALLOWED, allow: 'true' })],
  ['allow with a reason against it', 200, JSON.stringify({ ...ALLOWED, code: 'expired' })],
  ['no allow with no reason', 200, JSON.stringify({ ...ALLOWED, allow: false })],
  ['an id that is none', 200, JSON.stringify({ ...ALLOWED, key: { ...ALLOWED.key, id: '../' } })],
  ['too long an answer', 200, `${' '.repeat(4_194_304)}${JSON.stringify(ALLOWED)}`],
  ['201', 201, JSON.stringify(ALLOWED)],
  ['a redirect', 302, JSON.stringify(ALLOWED)],
  ['401', 401, JSON.stringify(ALLOWED)],
  ['500', 500, 'oops'],
])('%s is no decision: stale (D5)', async (_, status, body) => {
  const { url } = await endpoint(status, body);
  const faults: string[] = [];
  const decision = await ask({ url, onFault: (detail) => faults.push(detail) });
  expect(decision).toMatchObject({ isAllowed: false, code: 'stale', key: null });
  expect(faults).toHaveLength(1);
  expect(faults[0]).not.toContain('clv_');
});

test('nobody there, and nobody answering, is stale too (D5)', async () => {
  expect(await ask({ url: 'http://127.0.0.1:1' })).toMatchObject({ isAllowed: false, code: 'stale' });
  const clock = createHandClock();
  const hung: typeof fetch = (_, init) =>
    new Promise((_resolve, reject) => {
      init?.signal?.addEventListener('abort', () => reject(new Error(`aborted ${keyTextNumber(1)}`)));
    });
  const faults: string[] = [];
  const deps = {
    url: 'http://[::1]:1',
    clock,
    fetch: hung,
    timeoutMs: 100,
    onFault: (detail: string) => faults.push(detail),
  };
  const decision = ask(deps);
  clock.pass(100);
  expect(await decision).toMatchObject({ isAllowed: false, code: 'stale' });
  expect(faults).toEqual(['the verify endpoint cannot be reached']);
  expect(clock.timers()).toBe(0);
});

test('keys do not travel in the clear unless somebody says that the way is private', () => {
  const made = (url: string, isPlainHttpPrivate?: boolean) => () =>
    remoteDecider({
      url,
      verifierKey: new Secret('x'),
      clock: createHandClock(),
      ...(isPlainHttpPrivate === undefined ? {} : { isPlainHttpPrivate }),
    });
  for (const url of [
    'http://keys.example',
    'http://10.0.0.1:4401',
    'http://127.example',
    'http://127.0.0.1.example',
    'http://localhost.example',
  ]) {
    expect(made(url)).toThrow('https');
    expect(made(url, true)).not.toThrow();
  }
  for (const url of ['https://keys.example', 'http://127.0.0.1:4401', 'http://localhost:4401', 'http://[::1]:4401']) {
    expect(made(url)).not.toThrow();
  }
});

test('a key that was force-expired is told to have ended then, not at the end of its lifespan (E11, X2)', async () => {
  const expired_at = '2026-11-23T19:37:32.075Z';
  const { url } = await endpoint(200, JSON.stringify({ ...ALLOWED, allow: false, code: 'expired', expired_at }));
  expect((await ask({ url })).expiredAt).toBe(instant(Date.parse(expired_at)));
});
