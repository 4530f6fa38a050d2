import { FRESH_PROOF_MS, MINUTE_MS } from '@claviger/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { passwordOf } from '../commands/testing/scene.ts';
import { type CallerHeaders, type Cast, openCast, withKey } from './testing/cast.ts';
import { send } from './testing/send.ts';
import { openTestPlane, type TestPlane } from './testing/test-plane.ts';

let plane: TestPlane;
beforeAll(async () => {
  plane = await openTestPlane();
});
afterAll(() => plane.close());

const read = (headers: CallerHeaders) => send(plane, { method: 'GET', path: '/v1/account', headers });
const edit = (headers: CallerHeaders, body: unknown) =>
  send(plane, { method: 'PATCH', path: '/v1/account', headers, body });
const me = async (headers: CallerHeaders) => (await send(plane, { method: 'GET', path: '/v1/me', headers })).status;
const changesOf = (event: { readonly changes: string } | undefined): unknown => JSON.parse(event?.changes ?? '[]');

async function keyOf(cast: Cast, name: 'olga' | 'adam'): Promise<CallerHeaders> {
  return withKey((await cast.makeKeyText(await cast.scene.person(name), {})).text);
}

test('an account comes with its settings, and a change touches just what it names (K2, U7)', async () => {
  const cast = await openCast(plane);
  const adam = await cast.session('adam');
  const settings = { password_shortest: 12, session_idle_minutes: 120, session_longest_hours: 24 };
  expect((await read(adam)).body).toMatchObject({
    id: cast.scene.account.id,
    default_keys: 'both',
    sign_in: settings,
  });
  const changed = await edit(adam, { name: 'Acme Ltd', sign_in: { password_shortest: 8 } });
  expect(changed).toMatchObject({ status: 200, names: ['account.changed'] });
  expect(changesOf(changed.events[0])).toEqual([
    { attribute: 'name', old: 'Acme', new: 'Acme Ltd' },
    { attribute: 'password_shortest', old: 12, new: 8 },
  ]);
  const wanted = { name: 'Acme Ltd', management_by_keys: true, sign_in: { ...settings, password_shortest: 8 } };
  expect(changed.body).toMatchObject(wanted);
  expect((await read(adam)).body).toEqual(changed.body);
  expect(await edit(adam, { name: 'Acme Ltd' })).toMatchObject({ status: 200, names: [] });
});

test.each([
  { field: 'password_shortest', limits: [8, 128], unit: 'characters' },
  { field: 'session_idle_minutes', limits: [15, 1440], unit: 'minutes' },
  { field: 'session_longest_hours', limits: [12, 672], unit: 'hours' },
])('$field takes its limits and refuses what is beyond, naming both (U7)', async ({ field, limits, unit }) => {
  const cast = await openCast(plane);
  const olga = await cast.session('olga');
  const [smallest, largest] = limits as [number, number];
  const detail = `must be a whole number of ${unit} from ${smallest} to ${largest}`;
  for (const value of limits) expect((await edit(olga, { sign_in: { [field]: value } })).status).toBe(200);
  for (const value of [smallest - 1, largest + 1, smallest + 0.5, '20', [], null]) {
    const refused = await edit(olga, { sign_in: { [field]: value } });
    expect(refused).toMatchObject({ status: 400, code: 'invalid_body', names: [] });
    expect(refused.body['errors']).toMatchObject([{ pointer: `/sign_in/${field}`, detail }]);
  }
});

test('settings of sign-in and keys take a session with fresh proof, the name does not (U8, K14)', async () => {
  const cast = await openCast(plane);
  const stale = await cast.session('olga');
  plane.pass(FRESH_PROOF_MS + 1);
  const key = await keyOf(cast, 'olga');
  for (const body of [{ sign_in: { password_shortest: 8 } }, { management_by_keys: false }, { sign_in: {} }]) {
    expect(await edit(stale, { name: 'Other', ...body })).toMatchObject({ status: 403, code: 'fresh_proof_required' });
    expect(await edit(key, { name: 'Other', ...body })).toMatchObject({ status: 403, code: 'session_required' });
  }
  expect((await read(stale)).body).toMatchObject({ name: 'Acme', management_by_keys: true });
  expect((await edit(stale, { name: 'By session' })).status).toBe(200);
  expect((await edit(key, { name: 'By key' })).status).toBe(200);
});

test('bounds on sessions hold for running ones, and for the cookies of new ones (U7)', async () => {
  const cast = await openCast(plane);
  const olga = await cast.session('olga');
  const rita = await cast.scene.person('rita');
  const running = await cast.session('rita');
  expect((await edit(olga, { sign_in: { session_idle_minutes: 15, session_longest_hours: 12 } })).status).toBe(200);
  const signedIn = await send(plane, {
    method: 'POST',
    path: '/v1/sessions',
    body: { email: rita.email, password: passwordOf('rita').reveal() },
  });
  expect(signedIn.headers.get('set-cookie')).toContain('; Max-Age=43200; ');
  const { last_seen_at: seen, idle_ends_at: idleEnds, ends_at: ends } = signedIn.body as Record<string, string>;
  expect(Date.parse(idleEnds ?? '') - Date.parse(seen ?? '')).toBe(15 * MINUTE_MS);
  expect(Date.parse(ends ?? '') - Date.parse(seen ?? '')).toBe(12 * 60 * MINUTE_MS);
  plane.pass(15 * MINUTE_MS - 1);
  expect(await me(running)).toBe(200);
  const other = await cast.newSession(rita);
  plane.pass(15 * MINUTE_MS);
  expect(await me(running)).toBe(401);
  expect(await me(other.headers)).toBe(401);
});

test('an account without management by keys takes sessions only, at once (K14)', async () => {
  const cast = await openCast(plane);
  const [olga, key] = [await cast.session('olga'), await keyOf(cast, 'adam')];
  expect((await read(key)).status).toBe(200);
  expect((await edit(olga, { management_by_keys: false })).status).toBe(200);
  expect(await read(key)).toMatchObject({ status: 403, code: 'management_by_keys_off' });
  expect((await edit(olga, { management_by_keys: true })).status).toBe(200);
  expect((await read(key)).status).toBe(200);
});

test.each([
  { setting: 'both', kinds: ['master', 'write_only'] },
  { setting: 'write_only', kinds: ['write_only'] },
  { setting: 'none', kinds: [] },
])('with default_keys $setting a new user gets $kinds (K2)', async ({ setting, kinds }) => {
  const cast = await openCast(plane);
  const adam = await cast.session('adam');
  expect((await edit(adam, { default_keys: setting })).status).toBe(200);
  const made = await send<{ readonly keys: readonly { readonly kind: string }[] }>(plane, {
    method: 'POST',
    path: '/v1/users',
    headers: adam,
    body: { name: 'CI', service_account: true },
  });
  expect(made.body.keys.map((key) => key.kind)).toEqual(kinds);
});
