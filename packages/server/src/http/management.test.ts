import { FRESH_PROOF_MS, MINUTE_MS } from '@claviger/core';
import type { AnswerOf } from '@claviger/contract';
import { StoreFault } from '@claviger/storage';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Cast, openCast, withKey } from './testing/cast.ts';
import { send } from './testing/send.ts';
import { openTestPlane, type TestPlane } from './testing/test-plane.ts';

let plane: TestPlane;
let cast: Cast;
beforeAll(async () => {
  plane = await openTestPlane();
  cast = await openCast(plane);
});
afterAll(() => plane.close());

const get = <T>(path: string, headers = {}) => send<T>(plane, { method: 'GET', path, headers });

test('a sensitive act needs a proof of at most 15 minutes ago, the fifteenth included (U8)', async () => {
  const { headers } = await cast.newSession(await cast.scene.person('olga'));
  const rita = await cast.scene.person('rita');
  const promote = () =>
    send(plane, { method: 'PATCH', path: `/v1/users/${rita.id}`, headers, body: { user_type: 'administrator' } });
  plane.pass(FRESH_PROOF_MS);
  expect(await promote()).toMatchObject({ status: 200, names: ['user.type_changed'] });
  plane.pass(1);
  const stale = await promote();
  expect(stale).toMatchObject({ status: 403, code: 'fresh_proof_required', names: ['access.denied'] });
  expect(stale.body).toMatchObject({ freshest_seconds: 900 });
  const prove = (password: string) =>
    send(plane, { method: 'POST', path: '/v1/sessions/reauthenticate', headers, body: { password } });
  expect(await prove('wrong')).toMatchObject({ status: 422, code: 'password_wrong', names: ['session.failed'] });
  expect(await prove('olga'.repeat(12))).toMatchObject({ status: 200, names: ['session.proven'] });
  expect((await promote()).status).toBe(200);
});

test('a session notes its use once a minute, without an event (U7)', async () => {
  const session = await cast.newSession(await cast.scene.person('adam'));
  const seen = async () => {
    const list = await get<AnswerOf<'list_sessions'>>('/v1/sessions', session.headers);
    expect(list.names).toEqual([]);
    const own = list.body.data.find(({ id }) => id === session.id);
    expect(own?.current).toBe(true);
    return own?.last_seen_at;
  };
  const first = await seen();
  plane.pass(MINUTE_MS - 1);
  expect(await seen()).toBe(first);
  plane.pass(1);
  expect(await seen()).not.toBe(first);
});

test('one ends another session of one’s own, and signs out of the present one (U7)', async () => {
  const adam = await cast.scene.person('adam');
  const [one, other] = [await cast.newSession(adam), await cast.newSession(adam)];
  const end = (id: string) => send(plane, { method: 'DELETE', path: `/v1/sessions/${id}`, headers: one.headers });
  expect(await end(other.id)).toMatchObject({ status: 204, names: ['session.ended'] });
  expect((await get('/v1/me', other.headers)).code).toBe('session_ended');
  expect(await end(other.id)).toMatchObject({ status: 204, names: [] });
});

test('an account that takes no keys here refuses each of them, and still takes sessions (K14)', async () => {
  const closed = await openCast(plane, { hasManagementByKeys: false });
  const olga = await closed.scene.person('olga');
  const { text } = await closed.makeKeyText(olga, {});
  const refused = await get('/v1/me', withKey(text));
  expect(refused).toMatchObject({ status: 403, code: 'management_by_keys_off', names: ['access.denied'] });
  expect((await get('/v1/me', await closed.session('olga'))).status).toBe(200);
});

test('the OpenAPI document is served whole, for this very address', async () => {
  const { body, status } = await get<{ readonly openapi: string; readonly servers: unknown }>('/openapi.json');
  expect([status, body.openapi, body.servers]).toMatchObject([200, '3.1.0', [{ url: plane.origin }]]);
});

test('a database that does not answer is 503 with a hint when to come again, and says nothing of it (T3)', async () => {
  const { headers } = await cast.newSession(await cast.scene.person('olga'));
  const broken = await openTestPlane({}, (deps) => ({
    ...deps,
    read: () => Promise.reject(new StoreFault('unavailable', 'canary of the database')),
  }));
  const answer = await send(broken, { method: 'GET', path: '/v1/me', headers: { cookie: String(headers['cookie']) } });
  expect(answer).toMatchObject({ status: 503, code: 'storage_unavailable' });
  expect(answer.headers.get('retry-after')).toBe('5');
  expect(answer.text).not.toContain('canary');
  expect(broken.logged.join('\n')).toContain('canary of the database');
  await broken.close();
});

test('a fault of ours is 500 with the id under which the log has it, and names nothing else', async () => {
  const broken = await openTestPlane({}, (deps) => ({
    ...deps,
    read: () => Promise.reject(new Error('canary of a fault')),
  }));
  const cookie = `claviger=${'a'.repeat(43)}`;
  const answer = await send<{ readonly request_id: string }>(broken, {
    method: 'GET',
    path: '/v1/me',
    headers: { cookie },
  });
  expect(answer).toMatchObject({ status: 500, code: 'internal_fault' });
  expect(answer.text).not.toContain('canary');
  expect(broken.logged.join('\n')).toContain(answer.body.request_id);
  expect(broken.logged.join('\n')).not.toContain('aaaaaaaa');
  await broken.close();
});

test('a refused call of a known caller is an event that says which refusal it was (A2)', async () => {
  const rita = withKey((await cast.makeKeyText(await cast.scene.person('rob'), {})).text);
  const answer = await get('/v1/reminder-settings', rita);
  expect(answer).toMatchObject({ status: 403, code: 'not_allowed', names: ['access.denied'] });
  const [event] = answer.events;
  expect(JSON.parse(String(event?.changes))).toEqual([{ attribute: 'code', old: null, new: 'not_allowed' }]);
});
