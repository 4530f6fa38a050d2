import type { AnswerOf } from '@claviger/contract';
import { DAY_MS, formatInstant, lifespan, plusMs } from '@claviger/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CallerHeaders, type Cast, openCast, withKey } from './testing/cast.ts';
import { send, type TestAnswer } from './testing/send.ts';
import { openTestPlane, type TestPlane } from './testing/test-plane.ts';

let plane: TestPlane;
let cast: Cast;
let olga: CallerHeaders;
beforeAll(async () => {
  plane = await openTestPlane();
  cast = await openCast(plane, {
    expiration: { lifespans: { master: lifespan(90), write_only: null }, usersMayOnlyShorten: false },
  });
  olga = await cast.session('olga');
});
afterAll(() => plane.close());

const post = <T>(path: string, body: unknown, headers = olga): Promise<TestAnswer<T>> =>
  send<T>(plane, { method: 'POST', path: `/v1/expiration-policy/${path}`, headers, body });
const preview = async (body: unknown = {}) => {
  const answer = await post<AnswerOf<'preview_expiration_policy'>>('preview', body);
  expect(answer).toMatchObject({ status: 200, names: [] });
  return answer.body;
};

test('a preview shows counts, days and keys on the usual terms; applying does just that, and verifiers know (E6, E13, U8)', async () => {
  const rita = await cast.scene.person('rita');
  const { id, text } = await cast.makeKeyText(rita, { name: 'Nightly export', permissions: null });
  const now = plane.installation.clock.now();
  const soonest = formatInstant(plusMs(now, 90 * DAY_MS));
  const shown = await preview();
  expect(shown).toEqual({
    object: 'expiration_preview',
    preview_token: expect.stringMatching(/^[\w-]+\.[\w-]+$/),
    valid_until: formatInstant(plusMs(now, 3_600_000)),
    counts: { keys: 1, owners: 1, in_use: 0 },
    notice_days: 30,
    max_share_percent: 10,
    most_per_day: 1,
    spread: [{ date: soonest.slice(0, 10), keys: 1 }],
    left_out: { of_others: 0, ending_before: 0 },
    keys: [
      {
        id,
        kind: 'master',
        name: 'Nightly export',
        owner_id: rita.id,
        in_use: false,
        expires_at: null,
        new_expires_at: soonest,
      },
    ],
    has_more: false,
  });
  const applied = await post<AnswerOf<'apply_expiration_policy'>>('apply', { preview_token: shown.preview_token });
  expect(applied).toMatchObject({ status: 200, names: ['key.expiry_shortened', 'expiration_policy.applied'] });
  expect(applied.headers.get('claviger-version')).toBe(`1.${applied.events.at(-1)?.version}`);
  const { object: _, ...done } = applied.body;
  expect(shown).toMatchObject(done);
  const key = await send<AnswerOf<'read_key'>>(plane, { method: 'GET', path: `/v1/keys/${id}`, headers: olga });
  expect(key.body.expires_at).toBe(soonest);
  const decision = plane.installation.verifier.decide({
    key: text.reveal(),
    now: plusMs(now, 90 * DAY_MS),
    typeAndOperation: null,
    resourceName: '',
    ip: null,
    origin: null,
    accountIds: null,
  });
  expect(decision.code).toBe('expired');
});

test('the same Idempotency-Key gives the first answer again; without one the token is used up (E6)', async () => {
  await cast.makeKey(await cast.scene.person('rob'), {});
  const { preview_token } = await preview({ notice_days: 2, max_share_percent: 100 });
  const headers = { ...olga, 'idempotency-key': 'apply-once-please-1' };
  const first = await post('apply', { preview_token }, headers);
  expect(first.names).toEqual(['key.expiry_shortened', 'expiration_policy.applied']);
  const again = await post('apply', { preview_token }, headers);
  expect(again).toMatchObject({ status: 200, text: first.text, names: [] });
  expect(again.headers.get('idempotent-replayed')).toBe('true');
  const used = await post<{ readonly detail: string }>('apply', { preview_token });
  expect(used).toMatchObject({ status: 409, code: 'preview_used', names: [] });
});

test('a preview that something came in between of is refused, and says what to do (E6, T3)', async () => {
  const rita = await cast.scene.person('rita');
  const id = await cast.makeKey(rita, {});
  await cast.makeKey(rita, {});
  const { preview_token } = await preview();
  await send(plane, { method: 'DELETE', path: `/v1/keys/${id}`, headers: olga });
  const refused = await post<{ readonly detail: string }>('apply', { preview_token });
  expect(refused).toMatchObject({ status: 409, code: 'preview_outdated', names: [] });
  expect(refused.body.detail).toContain('Preview again');
});

test('an expired preview and a token of somebody else are refused (E6)', async () => {
  const { preview_token } = await preview();
  const adam = await cast.session('adam');
  expect(await post('apply', { preview_token }, adam)).toMatchObject({ status: 422, code: 'preview_token_wrong' });
  plane.pass(3_600_000);
  const later = await cast.session('olga');
  expect(await post('apply', { preview_token }, later)).toMatchObject({ status: 409, code: 'preview_expired' });
  olga = later;
});

test.each([
  [{ notice_days: 0 }, 'from 1 to 365'],
  [{ notice_days: 366 }, 'from 1 to 365'],
  [{ notice_days: 1.5 }, 'from 1 to 365'],
  [{ notice_days: null }, 'from 1 to 365'],
  [{ max_share_percent: 0 }, 'from 1 to 100'],
  [{ max_share_percent: 101 }, 'from 1 to 100'],
  [{ max_share_percent: '10' }, 'from 1 to 100'],
  [{ dry_run: true }, 'known are'],
])('terms of %j are refused with the limits (E6, T3)', async (body, text) => {
  const refused = await post<{ readonly errors: readonly { readonly detail: string }[] }>('preview', body);
  expect(refused).toMatchObject({ status: 400, code: 'invalid_body' });
  expect(refused.body.errors[0]?.detail).toContain(text);
});

test('a key may preview; applying needs a session (U8, K14)', async () => {
  const { text } = await cast.makeKeyText(await cast.scene.person('olga'), { permissions: null });
  const byKey = await post<AnswerOf<'preview_expiration_policy'>>('preview', {}, withKey(text));
  expect(byKey.status).toBe(200);
  const { preview_token } = byKey.body;
  expect(await post('apply', { preview_token }, withKey(text))).toMatchObject({
    status: 403,
    code: 'session_required',
    names: ['access.denied'],
  });
  expect(await post('apply', { preview_token })).toMatchObject({ status: 200 });
});
