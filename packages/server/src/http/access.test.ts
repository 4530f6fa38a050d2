import { MINUTE_MS, SESSION_IDLE_MINUTES_DEFAULT } from '@claviger/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { send } from './testing/send.ts';
import { openTestPlane, type TestPlane } from './testing/test-plane.ts';

type Keys = { readonly keys: readonly { readonly kind: string; readonly secret?: string }[] };

let plane: TestPlane;
beforeAll(async () => {
  plane = await openTestPlane();
});
afterAll(() => plane.close());

const SESSION_IDLE_MS = SESSION_IDLE_MINUTES_DEFAULT * MINUTE_MS;
const owner = { email: 'olga@acme.example', name: 'Olga', password: 'correct horse battery' };
const setup = (token: string, headers = {}) =>
  send<Keys>(plane, { method: 'POST', path: '/v1/setup', headers, body: { token, account: { name: 'Acme' }, owner } });
const signIn = (password: string, headers = {}) =>
  send(plane, { method: 'POST', path: '/v1/sessions', headers, body: { email: owner.email, password } });
const cookieOf = (headers: Headers): string => (headers.get('set-cookie') ?? '').split(';')[0] ?? '';

test('before set-up nobody is known, the server is ready, and a wrong token changes nothing (T2)', async () => {
  expect(await send(plane, { method: 'GET', path: '/readyz' })).toMatchObject({ status: 200, names: [] });
  expect(await send(plane, { method: 'GET', path: '/v1/me' })).toMatchObject({ code: 'credentials_required' });
  expect(await setup('a-set-up-token-of-the-testS')).toMatchObject({
    status: 401,
    code: 'setup_token_wrong',
    names: [],
  });
  const foreign = await setup(plane.setupToken, { origin: 'https://evil.example' });
  expect(foreign).toMatchObject({ status: 403, code: 'origin_mismatch', names: [] });
});

test('set-up makes account, Owner and two keys once, and starts a session (T2, K2, K7)', async () => {
  const made = await setup(plane.setupToken);
  expect(made.status).toBe(201);
  expect(made.body.keys.map((key) => [key.kind, typeof key.secret])).toEqual([
    ['master', 'string'],
    ['write_only', 'string'],
  ]);
  expect(made.names).toEqual(
    expect.arrayContaining(['account.created', 'user.created', 'key.created', 'session.created']),
  );
  expect(made.headers.get('claviger-version')).toBe(`1.${made.events.at(-1)?.version}`);
  expect(made.headers.get('set-cookie')).toMatch(
    /^claviger=[\w-]{43}; Max-Age=86400; Path=\/; HttpOnly; SameSite=Lax$/,
  );
  const [master, writeOnly] = made.body.keys;
  const me = await send(plane, {
    method: 'GET',
    path: '/v1/me',
    headers: { authorization: `TD1 ${master?.secret}` },
  });
  expect(me.status).toBe(200);
  const refused = await send(plane, {
    method: 'GET',
    path: '/v1/me',
    headers: { 'x-api-key': String(writeOnly?.secret) },
  });
  expect(refused).toMatchObject({ status: 403, code: 'write_only_key', names: ['access.denied'] });
  expect(await setup(plane.setupToken)).toMatchObject({ status: 409, code: 'setup_done', names: [] });
  for (const secret of made.body.keys.map((key) => String(key.secret))) {
    expect(JSON.stringify(plane.eventsAfter(0)) + plane.logged.join('\n')).not.toContain(secret.slice(-40));
  }
});

test('a wrong password and an unknown user get the same answer, and both are events (A2, U7)', async () => {
  const wrong = await signIn('wrong horse battery');
  const unknown = await send(plane, {
    method: 'POST',
    path: '/v1/sessions',
    body: { email: 'nobody@acme.example', password: 'x' },
  });
  const same = (text: string): string => text.replaceAll(/req_\w+/g, '');
  expect(wrong).toMatchObject({ status: 401, code: 'sign_in_failed', names: ['session.failed'] });
  expect(same(unknown.text)).toBe(same(wrong.text));
});

test('a session works until it is signed out, idles out, or its cookie is another one (U7)', async () => {
  const signedIn = await signIn(owner.password);
  expect(signedIn).toMatchObject({ status: 201, names: ['session.created'] });
  const headers = { cookie: cookieOf(signedIn.headers), origin: plane.origin };
  const me = () => send(plane, { method: 'GET', path: '/v1/me', headers });
  expect((await me()).status).toBe(200);
  plane.pass(SESSION_IDLE_MS - 1);
  expect((await me()).status).toBe(200);
  plane.pass(SESSION_IDLE_MS - 1);
  expect((await me()).status).toBe(200);
  const out = await send(plane, { method: 'DELETE', path: '/v1/sessions/current', headers });
  expect(out).toMatchObject({ status: 204, names: ['session.ended'] });
  expect(out.headers.get('set-cookie')).toContain('claviger=; Max-Age=0');
  expect(await me()).toMatchObject({ status: 401, code: 'session_ended' });
  const again = await signIn(owner.password);
  plane.pass(SESSION_IDLE_MS);
  const idle = { cookie: cookieOf(again.headers) };
  expect(await send(plane, { method: 'GET', path: '/v1/me', headers: idle })).toMatchObject({ code: 'session_ended' });
});

test.each([
  { title: 'without Origin', origin: null, code: 'origin_mismatch' },
  { title: 'from another origin', origin: 'https://evil.example', code: 'origin_mismatch' },
  { title: 'from a page without origin', origin: 'null', code: 'origin_mismatch' },
  { title: 'from localhost, which is the same place', origin: 'localhost', code: null },
])('a change by cookie $title: $code (Q27)', async ({ origin, code }) => {
  const { headers } = await signIn(owner.password);
  const own = origin === 'localhost' ? plane.origin.replace('127.0.0.1', 'localhost') : origin;
  const answer = await send(plane, {
    method: 'POST',
    path: '/v1/keys',
    headers: { cookie: cookieOf(headers), ...(own === null ? {} : { origin: own }) },
    body: { kind: 'master', name: 'x' },
  });
  expect(answer.code).toBe(code);
  expect(answer.names).toEqual(code === null ? ['key.created'] : ['access.denied']);
});

test('the eleventh wrong password of one user from one address is refused for a while (U7)', async () => {
  const guess = (password: string) =>
    send(plane, { method: 'POST', path: '/v1/sessions', body: { email: 'rita@acme.example', password } });
  for (let attempt = 0; attempt < 10; attempt += 1) expect((await guess('x')).code).toBe('sign_in_failed');
  const refused = await guess('x');
  expect(refused).toMatchObject({ status: 429, code: 'too_many_attempts', names: [] });
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(refused.headers.get('ratelimit')).toMatch(/r=0;t=\d+/);
  expect((await signIn(owner.password)).status).toBe(201);
  plane.pass(Number(refused.headers.get('retry-after')) * 1000);
  expect((await guess('x')).code).toBe('sign_in_failed');
});
