import type { WebhookObject, WebhookWithSecretObject } from '@claviger/contract';
import { KEY_EVENT_NAMES, parseIpRange, WEBHOOKS_PER_ACCOUNT_MOST } from '@claviger/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CallerHeaders, type Cast, openCast } from './testing/cast.ts';
import { send, type TestAnswer } from './testing/send.ts';
import { openTestPlane, type TestPlane } from './testing/test-plane.ts';

let plane: TestPlane;
let cast: Cast;
let olga: CallerHeaders;
beforeAll(async () => {
  const loopback = [parseIpRange('127.0.0.0/8')].filter((range) => range !== null);
  plane = await openTestPlane({}, (deps) => ({ ...deps, outboundAllow: loopback }));
  cast = await openCast(plane);
  olga = await cast.session('olga');
});
afterAll(() => plane.close());

const post = <T>(path: string, body: unknown, headers = olga): Promise<TestAnswer<T>> =>
  send<T>(plane, { method: 'POST', path, headers, body });
const get = <T>(path: string): Promise<TestAnswer<T>> => send<T>(plane, { method: 'GET', path, headers: olga });

test('a webhook shows its secret once; no list, event, log or replay holds it (R8)', async () => {
  const headers = { ...olga, 'idempotency-key': 'webhook-0123456789' };
  const made = await post<WebhookWithSecretObject>('/v1/webhooks', { url: 'https://Hooks.example:443/a?b=c' }, headers);
  expect(made).toMatchObject({ status: 201, names: ['webhook.created'] });
  const { secret = '', ...webhook } = made.body;
  expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  expect(webhook).toEqual({
    object: 'webhook',
    id: webhook.id,
    url: 'https://hooks.example/a?b=c',
    event_names: ['key.*'],
    description: null,
    enabled: true,
    disabled_at: null,
    disabled_reason: null,
    created_at: webhook.created_at,
    previous_secret_ends_at: null,
    last_success_at: null,
    last_failure: null,
    pending_since: null,
    failed_attempts: 0,
    next_attempt_at: null,
  });
  const replay = await post('/v1/webhooks', { url: 'https://Hooks.example:443/a?b=c' }, headers);
  expect(replay.headers.get('idempotent-replayed')).toBe('true');
  const rotated = await post<WebhookWithSecretObject>(`/v1/webhooks/${webhook.id}/rotate-secret`, {});
  expect(rotated).toMatchObject({ status: 200, names: ['webhook.secret_rotated'] });
  expect(rotated.body.secret).not.toBe(secret);
  const shown = [replay, await get('/v1/webhooks'), await get(`/v1/webhooks/${webhook.id}`)];
  const everything = JSON.stringify([shown.map(({ text }) => text), plane.eventsAfter(0), plane.logged]);
  for (const hidden of [secret, rotated.body.secret ?? '']) {
    expect(everything).not.toContain(hidden.slice('whsec_'.length));
  }
  expect((await get<WebhookObject>(`/v1/webhooks/${webhook.id}`)).body.previous_secret_ends_at).not.toBeNull();
});

test.each([
  ['ftp://hooks.example/', 'invalid_body'],
  ['hooks.example', 'invalid_body'],
  ['https://ann:pw@hooks.example/', 'invalid_body'],
  ['https://hooks.example\\@evil.example/', 'invalid_body'],
  ['https://hooks.example/#part', 'invalid_body'],
  [`https://hooks.example/${'a'.repeat(2_048)}`, 'invalid_body'],
  ['', 'invalid_body'],
  [7, 'invalid_body'],
  ['http://8.8.8.8/', 'webhook_url_not_allowed'],
  ['https://10.0.0.1/', 'webhook_url_not_allowed'],
  ['https://169.254.169.254/', 'webhook_url_not_allowed'],
  ['https://0xa9fea9fe/', 'webhook_url_not_allowed'],
  ['https://[::ffff:10.0.0.1]/', 'webhook_url_not_allowed'],
  ['http://[::1]/', 'webhook_url_not_allowed'],
])('no webhook is created for %s (Q33)', async (url, code) => {
  const answer = await post('/v1/webhooks', { url });
  expect(answer).toMatchObject({ code, names: [], body: { errors: [{ pointer: '/url' }] } });
  expect(answer.status).toBe(code === 'invalid_body' ? 400 : 422);
});

test('plain http is for addresses that the operator names (Q33)', async () => {
  const answer = await post<WebhookObject>('/v1/webhooks', { url: 'http://2130706433:9000/' });
  expect([answer.status, answer.body.url]).toEqual([201, 'http://127.0.0.1:9000/']);
});

test('event names are those of keys, each once, and none is a mistake (R8)', async () => {
  const names = [...KEY_EVENT_NAMES];
  const twice = { url: 'https://hooks.example/', event_names: [...names, 'key.*'] };
  expect((await post<WebhookObject>('/v1/webhooks', twice)).body.event_names).toEqual([...names, 'key.*']);
  const doubled = { url: 'https://hooks.example/', event_names: ['key.created', 'key.created'] };
  expect((await post<WebhookObject>('/v1/webhooks', doubled)).body.event_names).toEqual(['key.created']);
  for (const bad of [[], ['key.exploded'], ['user.created'], ['*'], 'key.*']) {
    const answer = await post('/v1/webhooks', { url: 'https://hooks.example/', event_names: bad });
    expect(answer).toMatchObject({ status: 400, code: 'invalid_body' });
  }
});

test('a PATCH changes what it names, disables and enables, one event each, and nothing twice (R8)', async () => {
  const made = await post<WebhookObject>('/v1/webhooks', { url: 'https://hooks.example/', description: 'SIEM' });
  const path = `/v1/webhooks/${made.body.id}`;
  const patch = (body: unknown) => send<WebhookObject>(plane, { method: 'PATCH', path, headers: olga, body });
  const changed = await patch({ url: 'https://hooks.example/2', description: null, enabled: false });
  expect(changed.names).toEqual(['webhook.changed', 'webhook.disabled']);
  expect(changed.body).toMatchObject({ description: null, enabled: false, disabled_reason: 'request' });
  expect((await patch({ url: 'https://hooks.example/2', enabled: false })).names).toEqual([]);
  expect(await post(`${path}/test`, {})).toMatchObject({ status: 422, code: 'webhook_disabled', names: [] });
  expect(await patch({ enabled: true })).toMatchObject({ names: ['webhook.enabled'], body: { enabled: true } });
  expect(await post(`${path}/test`, {})).toMatchObject({ status: 202, names: ['webhook.tested'] });
  expect(await patch({ url: 'https://127.1.2.3.4/' })).toMatchObject({ status: 400, names: [] });
  expect(await patch({ url: 'https://192.168.1.1/' })).toMatchObject({ code: 'webhook_url_not_allowed', names: [] });
  const deleted = await send(plane, { method: 'DELETE', path, headers: olga });
  expect(deleted).toMatchObject({ status: 204, names: ['webhook.deleted'] });
  expect((await get(path)).code).toBe('not_found');
});

test('changing webhooks needs a fresh proof (U8)', async () => {
  const person = await cast.scene.person('adam');
  const stale = await cast.newSession(person, { provenAt: (plane.installation.clock.now() - 900_001) as never });
  const answer = await post('/v1/webhooks', { url: 'https://hooks.example/' }, stale.headers);
  expect(answer).toMatchObject({ status: 403, code: 'fresh_proof_required', names: ['access.denied'] });
});

test('an account has 20 webhooks at most, and lists them in pages (R8)', async () => {
  const { body } = await get<{ readonly data: readonly WebhookObject[] }>('/v1/webhooks?limit=100');
  for (let held = body.data.length; held < WEBHOOKS_PER_ACCOUNT_MOST; held += 1) {
    expect((await post('/v1/webhooks', { url: 'https://hooks.example/' })).status).toBe(201);
  }
  const refused = await post('/v1/webhooks', { url: 'https://hooks.example/' });
  expect(refused).toMatchObject({ status: 422, code: 'webhook_limit_reached', body: { most: 20 }, names: [] });
  const first = await get<{ readonly data: readonly WebhookObject[]; readonly next_cursor: string }>(
    '/v1/webhooks?limit=15',
  );
  const second = await get<typeof first.body>(`/v1/webhooks?limit=15&cursor=${first.body.next_cursor}`);
  const ids = [...first.body.data, ...second.body.data].map(({ id }) => id);
  expect([new Set(ids).size, second.body.next_cursor]).toEqual([20, null]);
});
