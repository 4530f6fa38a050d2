import type { PasswordResetId } from '@claviger/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { passwordResetToken } from '../commands/password-reset-link.ts';
import { type Cast, openCast } from './testing/cast.ts';
import { send } from './testing/send.ts';
import { openTestPlane, type TestPlane } from './testing/test-plane.ts';

let plane: TestPlane;
let cast: Cast;
beforeAll(async () => {
  plane = await openTestPlane();
  cast = await openCast(plane);
});
afterAll(() => plane.close());

const post = (path: string, body: unknown) => send(plane, { method: 'POST', path, body });
const ask = (email: string | null) => post('/v1/password-resets', { email });
const shown = (answer: Awaited<ReturnType<typeof ask>>) => ({
  status: answer.status,
  text: answer.text,
  names: answer.names,
  headers: [...answer.headers.keys()].toSorted(),
});

test('a reset is answered alike for known and unknown addresses: bytes, headers, events (U7, T1)', async () => {
  const known = await ask((await cast.scene.person('rita')).email);
  const unknown = await ask('nobody@nowhere.example');
  expect(shown(known)).toEqual(shown(unknown));
  expect(known).toMatchObject({ status: 202, body: { object: 'password_reset' } });
  const mails = plane.mails().filter(({ template }) => template === 'password_reset');
  expect(mails).toHaveLength(1);
  const { resetId } = JSON.parse(String(mails[0]?.facts)) as { readonly resetId: PasswordResetId };
  const token = passwordResetToken(plane.deps, resetId).reveal();
  const password = 'correct horse battery';
  const done = await post('/v1/password-resets/redeem', { token, password });
  expect(done).toMatchObject({ status: 200, body: { object: 'password_reset' } });
  expect(done.headers.get('set-cookie')).toBeNull();
  const again = await post('/v1/password-resets/redeem', { token, password });
  expect(again).toMatchObject({ status: 401, code: 'password_reset_not_valid', names: [] });
  const kept = JSON.stringify(plane.eventsAfter(0)) + plane.logged.join('\n');
  expect(kept).not.toContain(token);
});

test('after five requests for one address from one place the sixth is refused, known or not; others go on (U7)', async () => {
  const rob = (await cast.scene.person('rob')).email;
  for (const email of [rob, 'stranger@nowhere.example']) {
    for (let count = 0; count < 5; count += 1) expect((await ask(email)).status).toBe(202);
    expect(await ask((email ?? '').toUpperCase())).toMatchObject({ status: 429, code: 'too_many_attempts', names: [] });
  }
  expect((await ask((await cast.scene.person('ada')).email)).status).toBe(202);
  const signIn = await post('/v1/sessions', { email: rob, password: 'rob'.repeat(12) });
  expect(signIn.status).toBe(201);
});

test('a password is changed with a fresh session, and a stale one is refused (U7, U8)', async () => {
  const headers = await cast.session('adam');
  const body = { current_password: 'adam'.repeat(12), new_password: 'correct horse battery' };
  const change = () => send(plane, { method: 'POST', path: '/v1/me/password', headers, body });
  plane.pass(16 * 60_000);
  expect(await change()).toMatchObject({ status: 403, code: 'fresh_proof_required' });
  const fresh = await cast.session('adam');
  const done = await send(plane, { method: 'POST', path: '/v1/me/password', headers: fresh, body });
  expect(done).toMatchObject({ status: 200, body: { object: 'user', name: 'adam' } });
  expect(await send(plane, { method: 'GET', path: '/v1/me', headers })).toMatchObject({ status: 401 });
  expect(await send(plane, { method: 'GET', path: '/v1/me', headers: fresh })).toMatchObject({ status: 200 });
});
