import type { AnswerOf } from '@claviger/contract';
import { ALLOWLIST_ENTRIES_MOST, FRESH_PROOF_MS, type Instant, MINUTE_MS } from '@claviger/core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { passwordOf, type Name } from '../commands/testing/scene.ts';
import { type CallerHeaders, type Cast, openCast, withKey } from './testing/cast.ts';
import { send, type TestAnswer } from './testing/send.ts';
import { openTestPlane, type TestPlane } from './testing/test-plane.ts';

/** Tests come from 127.0.0.1. */
const HERE = { cidr: '127.0.0.0/8', scope: 'all' };
const ELSEWHERE = { cidr: '192.0.2.0/24', scope: 'all' };
const KEYS_HERE = { cidr: '127.0.0.1', scope: 'api_key_only' };
const KEYS_ELSEWHERE = { cidr: '192.0.2.7', scope: 'api_key_only' };

let plane: TestPlane;
let cast: Cast;
beforeAll(async () => {
  plane = await openTestPlane();
});
afterAll(() => plane.close());
beforeEach(async () => {
  cast = await openCast(plane);
});

type List = AnswerOf<'read_ip_allowlist'>;
type UserList = AnswerOf<'read_user_ip_allowlist'>;
const ACCOUNT = '/v1/ip-allowlist';
const ofUser = async (name: Name): Promise<string> => `/v1/users/${(await cast.scene.person(name)).id}/ip-allowlist`;
const put = <T = List>(path: string, body: unknown, headers: CallerHeaders): Promise<TestAnswer<T>> =>
  send<T>(plane, { method: 'PUT', path, body, headers });
const get = <T = List>(path: string, headers: CallerHeaders): Promise<TestAnswer<T>> =>
  send<T>(plane, { method: 'GET', path, headers });

test('a list comes back as it was saved, in canonical form, with the address that asks (I1, I2)', async () => {
  const olga = await cast.session('olga');
  const empty = { object: 'ip_allowlist', mode: 'enforce', entries: [], changed_at: null, your_address: '127.0.0.1' };
  expect((await get(ACCOUNT, olga)).body).toEqual(empty);
  const entries = [
    { ...HERE, note: 'Loopback' },
    { cidr: '2001:DB8:0:0::/32', scope: 'api_key_only' },
    { cidr: '::ffff:127.0.0.1', scope: 'api_key_only' },
    KEYS_HERE,
  ];
  const saved = await put(ACCOUNT, { mode: 'enforce', entries }, olga);
  expect(saved).toMatchObject({ status: 200, names: ['ip_allowlist.changed'] });
  expect(saved.body.entries).toEqual([
    { ...HERE, note: 'Loopback' },
    { cidr: '2001:db8::/32', scope: 'api_key_only', note: null },
    { ...KEYS_HERE, note: null },
  ]);
  expect((await get(ACCOUNT, olga)).body).toEqual(saved.body);
  const [event] = saved.events;
  expect(event).toMatchObject({ resource_id: cast.scene.account.id, affected_user_id: '' });
  expect(JSON.parse(event?.changes ?? '')).toEqual([
    { attribute: 'mode', old: null, new: 'enforce' },
    { attribute: 'entries', old: null, new: saved.body.entries },
  ]);
  expect(await put(ACCOUNT, { entries }, olga)).toMatchObject({ status: 200, names: [] });
});

test('every bad entry is named at once, and nothing is saved (I2)', async () => {
  const olga = await cast.session('olga');
  const bad = ['10.0.0.1/8', '010.0.0.1', '10.1', '2001:db8::1/32', '10.0.0.0/33', 'fe80::1%eth0', 'localhost', ''];
  const entries = [HERE, ...bad.map((cidr) => ({ cidr, scope: 'all' }))];
  const refused = await put<{ errors: { pointer: string }[] }>(ACCOUNT, { entries: entries.slice(0, -1) }, olga);
  expect(refused).toMatchObject({ status: 400, code: 'invalid_body', names: [] });
  expect(refused.body.errors.map(({ pointer }) => pointer)).toEqual(
    bad.slice(0, -1).map((_, index) => `/entries/${index + 1}/cidr`),
  );
  expect(await put(ACCOUNT, { entries }, olga)).toMatchObject({ status: 400, names: [] });
  const many = (count: number) => Array.from({ length: count }, (_, n) => ({ ...HERE, cidr: `127.0.0.${n}` }));
  expect(await put(ACCOUNT, { entries: many(ALLOWLIST_ENTRIES_MOST + 1) }, olga)).toMatchObject({ status: 400 });
  expect(await put(ACCOUNT, { entries: many(ALLOWLIST_ENTRIES_MOST) }, olga)).toMatchObject({ status: 200 });
  const note = (length: number) => put(ACCOUNT, { entries: [{ ...HERE, note: 'n'.repeat(length) }] }, olga);
  expect(await note(201)).toMatchObject({ status: 400 });
  expect(await note(200)).toMatchObject({ status: 200 });
});

test("a user's list replaces the account's; each may look at what is in force for them, without notes (I1, I4)", async () => {
  const [olga, adam, rita] = [await cast.session('olga'), await cast.session('adam'), await cast.session('rita')];
  await put(ACCOUNT, { entries: [{ ...HERE, note: 'Whole host' }] }, adam);
  const path = await ofUser('rita');
  const before = await get<UserList>(path, rita);
  expect(before.body).toMatchObject({ entries: [], in_force: { level: 'account', mode: 'enforce', entries: [HERE] } });
  expect(before.text).not.toContain('Whole host');
  const own = { mode: 'monitor', entries: [{ ...KEYS_ELSEWHERE, note: 'Robot' }] };
  const saved = await put<UserList>(path, own, adam);
  expect(saved).toMatchObject({ status: 200, names: ['ip_allowlist.changed'] });
  expect(saved.events[0]).toMatchObject({ affected_user_id: (await cast.scene.person('rita')).id });
  expect((await get<UserList>(path, rita)).body).toMatchObject({
    ...own,
    in_force: { level: 'user', mode: 'monitor', entries: [KEYS_ELSEWHERE] },
  });
  expect(await put(path, { mode: 'enforce', entries: [] }, olga)).toMatchObject({ status: 200 });
  expect((await get<UserList>(path, rita)).body).toMatchObject({ in_force: { level: 'account' } });
  expect(await send(plane, { method: 'DELETE', path, headers: olga })).toMatchObject({ status: 204 });
  expect(await send(plane, { method: 'DELETE', path, headers: olga })).toMatchObject({ status: 204, names: [] });
  expect((await get<UserList>(path, rita)).body).toMatchObject({ changed_at: null, in_force: { level: 'account' } });
});

test('a list is changed in a session with fresh proof only (U8)', async () => {
  const olga = await cast.scene.person('olga');
  const now = plane.installation.clock.now();
  const stale = await cast.newSession(olga, { provenAt: (now - FRESH_PROOF_MS - 1) as Instant });
  const key = withKey((await cast.makeKeyText(olga, {})).text);
  const entries = [HERE];
  expect(await put(ACCOUNT, { entries }, stale.headers)).toMatchObject({ code: 'fresh_proof_required' });
  expect(await put(ACCOUNT, { entries }, key)).toMatchObject({ code: 'session_required' });
  expect(await get(ACCOUNT, key)).toMatchObject({ status: 200, body: { entries: [] } });
});

test('whoever would lock themselves out has to say that this is meant (I5)', async () => {
  const olga = await cast.session('olga');
  const refused = await put<{ your_address: string; detail: string }>(ACCOUNT, { entries: [ELSEWHERE] }, olga);
  expect(refused).toMatchObject({ status: 409, code: 'lockout_unconfirmed', names: [] });
  expect(refused.body).toMatchObject({ your_address: '127.0.0.1', detail: expect.stringContaining('127.0.0.1') });
  // What does not concern the portal, or only monitors, or is for somebody else, locks out nobody who asks.
  expect(await put(ACCOUNT, { entries: [KEYS_ELSEWHERE] }, olga)).toMatchObject({ status: 200 });
  expect(await put(ACCOUNT, { mode: 'monitor', entries: [ELSEWHERE] }, olga)).toMatchObject({ status: 200 });
  expect(await put(await ofUser('rita'), { entries: [ELSEWHERE] }, olga)).toMatchObject({ status: 200 });
  expect(await put(ACCOUNT, { entries: [ELSEWHERE, KEYS_HERE] }, olga)).toMatchObject({ status: 200 });
  // Their own list keeps the account's away from them, and must not go while that would lock them out.
  const own = await ofUser('olga');
  expect(await put(own, { entries: [HERE] }, olga)).toMatchObject({ status: 200 });
  expect(await put(ACCOUNT, { entries: [ELSEWHERE] }, olga)).toMatchObject({ status: 200 });
  expect(await send(plane, { method: 'DELETE', path: own, headers: olga })).toMatchObject({
    code: 'lockout_unconfirmed',
  });
  expect(await put(own, { entries: [] }, olga)).toMatchObject({ code: 'lockout_unconfirmed' });
  const path = `${own}?confirm_lockout=true`;
  expect(await send(plane, { method: 'DELETE', path, headers: olga })).toMatchObject({ status: 204 });
  expect(await get(ACCOUNT, olga)).toMatchObject({ status: 403, code: 'ip_not_allowed', names: ['access.denied'] });
});

test('a list holds for the next request of a session, whatever it asks for (I3, I5, A2)', async () => {
  const [olga, rita] = [await cast.session('olga'), await cast.session('rita')];
  expect(await get('/v1/me', rita)).toMatchObject({ status: 200 });
  expect(await put(await ofUser('rita'), { entries: [ELSEWHERE] }, olga)).toMatchObject({ status: 200 });
  const refused = await get<{ detail: string }>('/v1/me', rita);
  expect(refused).toMatchObject({ status: 403, code: 'ip_not_allowed', names: ['access.denied'] });
  expect(refused.body.detail).toContain('127.0.0.1');
  expect(await get('/v1/me', olga)).toMatchObject({ status: 200 });
  // With both scopes an entry for keys lets into the portal, too (I3).
  await put(await ofUser('rita'), { entries: [ELSEWHERE, KEYS_HERE] }, olga);
  expect(await get('/v1/me', rita)).toMatchObject({ status: 200 });
  await put(await ofUser('rita'), { entries: [KEYS_ELSEWHERE] }, olga);
  expect(await get('/v1/me', rita)).toMatchObject({ status: 200 });
});

const signIn = async (name: Name) => {
  const { email } = await cast.scene.person(name);
  return send(plane, { method: 'POST', path: '/v1/sessions', body: { email, password: passwordOf(name).reveal() } });
};

test('nobody signs in from where the list lets nobody in, and only who knows the password is told (I5, A2)', async () => {
  const olga = await cast.session('olga');
  await put(await ofUser('rita'), { entries: [ELSEWHERE] }, olga);
  expect(await signIn('rita')).toMatchObject({ status: 403, code: 'ip_not_allowed', names: ['access.denied'] });
  const { email } = await cast.scene.person('rita');
  const body = { email, password: 'wrong' };
  const guessed = await send(plane, { method: 'POST', path: '/v1/sessions', body });
  expect(guessed).toMatchObject({ status: 401, code: 'sign_in_failed', names: ['session.failed'] });
  expect(await signIn('rob')).toMatchObject({ status: 201 });
});

test('nobody accepts an invitation from where the account lets nobody in; it goes on waiting (I5)', async () => {
  const olga = await cast.session('olga');
  await put(await ofUser('olga'), { entries: [HERE] }, olga);
  await put(ACCOUNT, { entries: [ELSEWHERE] }, olga);
  const { scene } = cast;
  const email = `${scene.account.id.toLowerCase()}@new.example`;
  const invitation = { method: 'POST', path: '/v1/invitations', headers: olga, body: { email, name: 'Nora' } };
  const { id } = (await send<{ id: string }>(plane, invitation)).body;
  const token = plane.deps.sealer.linkToken('invitation', `${id}.0`).reveal();
  const accept = () =>
    send(plane, { method: 'POST', path: '/v1/invitations/accept', body: { token, password: 'correct horse battery' } });
  expect(await accept()).toMatchObject({ status: 403, code: 'ip_not_allowed', names: ['access.denied'] });
  await put(ACCOUNT, { entries: [] }, olga);
  expect(await accept()).toMatchObject({ status: 201 });
});

test('a list holds for keys on the management API as for any other use of them (I3)', async () => {
  const [olga, rita] = [await cast.session('olga'), await cast.scene.person('rita')];
  const key = withKey((await cast.makeKeyText(rita, {})).text);
  await put(await ofUser('rita'), { entries: [HERE, KEYS_ELSEWHERE] }, olga);
  expect(await get('/v1/me', key)).toMatchObject({ status: 403, code: 'ip_not_allowed' });
  await put(await ofUser('rita'), { entries: [ELSEWHERE, KEYS_HERE] }, olga);
  expect(await get('/v1/me', key)).toMatchObject({ status: 200 });
});

test('a list that monitors refuses nobody and reports: sessions by events, keys by counts (I7)', async () => {
  const olga = await cast.session('olga');
  await put(ACCOUNT, { mode: 'monitor', entries: [ELSEWHERE] }, olga);
  const rita = await cast.session('rita');
  expect(await get('/v1/me', rita)).toMatchObject({ status: 200, names: [] });
  expect(await signIn('rita')).toMatchObject({ status: 201, names: ['access.would_be_denied', 'session.created'] });
  plane.pass(MINUTE_MS);
  expect(await get('/v1/me', rita)).toMatchObject({ status: 200, names: ['access.would_be_denied'] });
  expect(await get('/v1/me', rita)).toMatchObject({ status: 200, names: [] });
  const key = withKey((await cast.makeKeyText(await cast.scene.person('rita'), {})).text);
  const before = plane.installation.verifier.wouldBeDenials();
  expect(await get('/v1/me', key)).toMatchObject({ status: 200 });
  expect(plane.installation.verifier.wouldBeDenials()).toBe(before + 1);
});

test('a key is tested and explained under the list that is in force for its owner (P7, I3)', async () => {
  const olga = await cast.session('olga');
  const rita = await cast.scene.person('rita');
  const { id, text } = await cast.makeKeyText(rita, {});
  const tested = async () =>
    (
      await send<{ code: string }>(plane, {
        method: 'POST',
        path: '/v1/keys/test',
        headers: olga,
        body: { key: text.reveal() },
      })
    ).body.code;
  const explained = async (ip?: string) => {
    const body = { key_id: id, operation: 'query', resource: 'database:sales', ...(ip === undefined ? {} : { ip }) };
    const answer = await send<AnswerOf<'explain'>>(plane, { method: 'POST', path: '/v1/explain', headers: olga, body });
    return answer.body.checks.find(({ check }) => check === 'ip_allowlist');
  };
  expect(await explained()).toMatchObject({ outcome: 'not_applicable' });
  await put(ACCOUNT, { entries: [HERE] }, olga);
  expect(await tested()).toBe('allowed');
  await put(await ofUser('rita'), { entries: [HERE, KEYS_ELSEWHERE] }, olga);
  expect(await tested()).toBe('ip_not_allowed');
  expect(await explained('127.0.0.1')).toMatchObject({
    outcome: 'fail',
    code: 'ip_not_allowed',
    decided_by: { kind: 'user', id: rita.id, rule: 'I3' },
  });
  expect(await explained('192.0.2.7')).toMatchObject({ outcome: 'pass', detail: expect.stringContaining('192.0.2.7') });
  await put(await ofUser('rita'), { mode: 'monitor', entries: [KEYS_ELSEWHERE] }, olga);
  expect(await explained()).toMatchObject({ outcome: 'pass', detail: expect.stringContaining('monitors') });
  expect(await tested()).toBe('allowed');
});
