import { DAY_MS, formatInstant, plusMs } from '@claviger/core';
import type { AnswerOf, KeyWithSecretObject } from '@claviger/contract';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CallerHeaders, type Cast, openCast, withKey } from './testing/cast.ts';
import { send, type TestAnswer } from './testing/send.ts';
import { openTestPlane, type TestPlane } from './testing/test-plane.ts';

let plane: TestPlane;
let cast: Cast;
let olga: CallerHeaders;
let rita: CallerHeaders;
beforeAll(async () => {
  plane = await openTestPlane();
  cast = await openCast(plane);
  olga = withKey((await cast.scene.give('olga')).secret);
  rita = withKey((await cast.scene.give('rita')).secret);
});
afterAll(() => plane.close());

const post = <T>(path: string, body: unknown, headers = olga): Promise<TestAnswer<T>> =>
  send<T>(plane, { method: 'POST', path, headers, body });
const created = async (body: object, headers = olga): Promise<KeyWithSecretObject> => {
  const answer = await post<KeyWithSecretObject>('/v1/keys', { kind: 'master', name: 'x', ...body }, headers);
  expect(answer).toMatchObject({ status: 201, names: ['key.created'] });
  return answer.body;
};
const me = (secret: string | undefined) =>
  send(plane, { method: 'GET', path: '/v1/me', headers: withKey(String(secret)) });

test('every field of a key comes back as it was given, ranges in their one form (K8, K5)', async () => {
  const permissions = [{ resource_type: 'database', operation: 'import', ids: ['sales', 'web*'] }];
  const given = {
    kind: 'write_only' as const,
    name: 'Nightly “export” — ☃ <b>&amp;</b>',
    permissions,
    allowed_origins: ['https://shop.example'],
    rate_limit: { requests: 5, per_seconds: 60 },
    metadata: { team: 'data', deep: { list: [1, null, true, '=1+1'] }, secret: 'kept: it is the owner’s own word' },
  };
  const { secret, ...key } = await created({ ...given, allowed_ips: ['2001:DB8:0:0::/64', '::ffff:203.0.113.7'] });
  expect(key).toMatchObject({ ...given, allowed_ips: ['2001:db8::/64', '203.0.113.7'], status: 'active' });
  expect(secret?.startsWith('clv_write_')).toBe(true);
  const read = await send(plane, { method: 'GET', path: `/v1/keys/${key.id}`, headers: olga });
  expect(read.body).toEqual(key);
});

test('a key warns of its end, is dead at the very instant of its expiry, and says when and where to replace it (E9, E11, E13)', async () => {
  const key = await created({ lifespan_days: 1 }, rita);
  const expiry = plusMs(plane.installation.clock.now(), DAY_MS);
  expect(key.expires_at).toBe(formatInstant(expiry));
  plane.pass(DAY_MS - 1);
  const last = await me(key.secret);
  expect([last.status, last.headers.get('claviger-key-expires')]).toEqual([200, formatInstant(expiry)]);
  plane.pass(1);
  const dead = await me(key.secret);
  expect(dead).toMatchObject({ status: 401, code: 'key_expired', names: [] });
  expect(dead.body).toMatchObject({ expired_at: formatInstant(expiry), replace_url: `${plane.origin}/keys` });
  expect(dead.headers.get('www-authenticate')).toBe('Bearer realm="claviger", error="invalid_token"');
  const wrong = `${String(key.secret).slice(0, -20)}${'0'.repeat(20)}`;
  expect((await me(wrong)).code).toBe('key_malformed');
  const listed = await send(plane, { method: 'GET', path: `/v1/keys/${key.id}`, headers: rita });
  expect(listed.body).toMatchObject({ status: 'expired', expired_by: 'lifespan' });
});

test('a force-expire holds before it answers, says so, and repeats without a change (X1, X2, D6)', async () => {
  const key = await created({});
  const path = `/v1/keys/${key.id}/force-expire`;
  const done = await post<AnswerOf<'force_expire_key'>>(path, { reason: 'compromised', note: 'on a forge' });
  expect(done).toMatchObject({ status: 200, names: ['key.force_expired'] });
  expect((await me(key.secret)).code).toBe('key_expired');
  const { receipt, key: shown } = done.body;
  expect(receipt).toMatchObject({
    version: done.headers.get('claviger-version'),
    applied_by: [{ verifier: 'local' }],
    pending: [],
    lapsed: [],
  });
  expect(shown).toMatchObject({ status: 'expired', expired_by: 'forced', forced_expiry: { reason: 'compromised' } });
  const again = await post<AnswerOf<'force_expire_key'>>(path, { reason: 'other' });
  expect(again).toMatchObject({ status: 200, names: [] });
  expect(again.body.receipt.version).toBeNull();
  expect(again.headers.get('claviger-version')).toBeNull();
});

test('both secrets work in an overlap; finishing ends the older one (X5)', async () => {
  const key = await created({});
  const rotated = await post<KeyWithSecretObject>(`/v1/keys/${key.id}/rotate`, { overlap_seconds: 3600 });
  expect(rotated).toMatchObject({ status: 200, names: ['key.rotated'] });
  expect([(await me(key.secret)).status, (await me(rotated.body.secret)).status]).toEqual([200, 200]);
  expect((await post(`/v1/keys/${key.id}/rotate/finish`, {})).names).toEqual(['key.rotation_finished']);
  expect((await me(key.secret)).code).toBe('key_expired');
  expect((await me(rotated.body.secret)).status).toBe(200);
});

test('disabling stops a key and enabling lets it go on, each once (X4)', async () => {
  const key = await created({});
  const act = (name: string) => send(plane, { method: 'POST', path: `/v1/keys/${key.id}/${name}`, headers: olga });
  expect((await act('disable')).names).toEqual(['key.disabled']);
  expect((await act('disable')).names).toEqual([]);
  expect((await me(key.secret)).code).toBe('key_disabled');
  expect((await act('enable')).names).toEqual(['key.enabled']);
  expect((await me(key.secret)).status).toBe(200);
});

test('a deleted key is gone from every answer at once (K10, X3)', async () => {
  const key = await created({});
  const path = `/v1/keys/${key.id}`;
  expect(await send(plane, { method: 'DELETE', path, headers: olga })).toMatchObject({
    status: 204,
    names: ['key.deleted'],
  });
  expect((await me(key.secret)).code).toBe('key_not_found');
  expect((await send(plane, { method: 'DELETE', path, headers: olga })).code).toBe('not_found');
  const list = await send(plane, { method: 'GET', path: '/v1/keys?limit=100', headers: olga });
  expect(list.text).not.toContain(key.id);
});

test('whoever holds a leaked key ends it, and the answer tells nothing (K12)', async () => {
  const key = await created({});
  const revoke = (text: string) => send(plane, { method: 'POST', path: '/v1/keys/self-revoke', body: { key: text } });
  const known = await revoke(String(key.secret));
  const unknown = await revoke('clv_master_unknown');
  expect([known.status, unknown.status, known.text]).toEqual([202, 202, unknown.text]);
  expect(known.headers.get('claviger-version')).toBeNull();
  expect([known.names, unknown.names]).toEqual([['key.force_expired'], []]);
  expect((await me(key.secret)).code).toBe('key_expired');
});

test('a list goes on where the page before ended, newest first, with nothing twice', async () => {
  const seen: string[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const path: string = `/v1/keys?limit=3${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`;
    const page: TestAnswer<AnswerOf<'list_keys'>> = await send(plane, { method: 'GET', path, headers: olga });
    seen.push(...page.body.data.map((key) => key.id));
    expect(page.body.has_more).toBe(page.body.next_cursor !== null);
    cursor = page.body.next_cursor;
  }
  const whole = await send<AnswerOf<'list_keys'>>(plane, { method: 'GET', path: '/v1/keys?limit=100', headers: olga });
  expect(seen).toEqual(whole.body.data.map((key) => key.id));
});

test('a lifespan beyond the policy is refused with both numbers (E5)', async () => {
  const policy = { master: { lifespan_days: 30 }, write_only: { lifespan_days: null } };
  const set = await send(plane, { method: 'PUT', path: '/v1/expiration-policy', headers: olga, body: policy });
  expect(set).toMatchObject({ status: 200, names: ['expiration_policy.changed'], body: policy });
  const refused = await post<{ readonly detail: string }>('/v1/keys', { kind: 'master', name: 'x', lifespan_days: 31 });
  expect(refused).toMatchObject({ status: 422, code: 'lifespan_too_long', names: [] });
  expect(refused.body).toMatchObject({ longest_days: 30, asked_days: 31 });
  for (const days of [0, 366, -1, 1.5, '30', [], {}]) {
    const wrong = await post<{ readonly errors: readonly { readonly detail: string }[] }>('/v1/keys', {
      kind: 'master',
      name: 'x',
      lifespan_days: days,
    });
    expect(wrong.status).toBe(400);
    expect(wrong.body.errors[0]?.detail).toContain('from 1 to 365');
  }
});

test('a key that is narrowed reads who it is and nothing else, and the refusal is recorded (K14, A2)', async () => {
  const key = await created({ permissions: [] });
  const answer = await me(key.secret);
  expect(answer.body).toMatchObject({ credential: { kind: 'master_key', narrowed: true }, permissions: [] });
  const refused = await send(plane, { method: 'GET', path: '/v1/keys', headers: withKey(String(key.secret)) });
  expect(refused).toMatchObject({ status: 403, code: 'narrowed_key', names: ['access.denied'] });
  expect(refused.events[0]).toMatchObject({ result: 'refused', resource_id: '' });
  expect(JSON.parse(String(refused.events[0]?.actor))).toMatchObject({ kind: 'user', key_id: key.id });
});

test('what is pasted into a path or a program’s name does not reach the audit log (Q30)', async () => {
  const key = await created({});
  const secret = String(key.secret);
  await send(plane, {
    method: 'PATCH',
    path: `/v1/policies/${secret}`,
    headers: { ...rita, 'user-agent': `x ${secret}` },
    body: {},
  });
  expect(JSON.stringify(plane.eventsAfter(0))).not.toContain(secret.slice(15));
});
