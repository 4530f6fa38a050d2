import type { AnswerOf } from '@claviger/contract';
import { formatInstant, plusMs } from '@claviger/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CallerHeaders, type Cast, openCast, withKey } from './testing/cast.ts';
import { send, type TestAnswer } from './testing/send.ts';
import { openTestPlane, type TestPlane } from './testing/test-plane.ts';

let plane: TestPlane;
let cast: Cast;
let olga: CallerHeaders;
beforeAll(async () => {
  plane = await openTestPlane();
  cast = await openCast(plane);
  olga = await cast.session('olga');
});
afterAll(() => plane.close());

type Answer = AnswerOf<'force_expire_keys'>;
type Preview = Extract<Answer, { readonly object: 'force_expire_preview' }>;
const post = <T = Answer>(body: unknown, headers = olga): Promise<TestAnswer<T>> =>
  send<T>(plane, { method: 'POST', path: '/v1/keys/force-expire', headers, body });
const me = (secret: Parameters<typeof withKey>[0]) =>
  send(plane, { method: 'GET', path: '/v1/me', headers: withKey(secret) });

test('first the counts, then exactly these keys, dead before the call answers, with a receipt (X1, X6, D6)', async () => {
  const rita = await cast.scene.person('rita');
  const first = await cast.makeKeyText(rita, { name: 'ci-1' });
  const second = await cast.makeKeyText(rita, { name: 'ci-2', kind: 'write_only' });
  const kept = await cast.makeKeyText(rita, { name: 'portal' });
  const shown = await post<Preview>({ preview: true, name_pattern: 'ci-*', owner_id: rita.id });
  expect(shown).toMatchObject({ status: 200, names: [] });
  expect(shown.headers.get('claviger-version')).toBeNull();
  expect(shown.body).toEqual({
    object: 'force_expire_preview',
    preview_token: expect.stringMatching(/^[\w-]+\.[\w-]+$/),
    valid_until: formatInstant(plusMs(plane.installation.clock.now(), 3_600_000)),
    counts: { keys: 2, owners: 1, in_use: 0 },
    by_kind: { master: 1, write_only: 1 },
    by_owner: [{ owner_id: rita.id, keys: 2, in_use: 0 }],
    has_more_owners: false,
  });
  const { preview_token } = shown.body;
  const headers = { ...olga, 'idempotency-key': 'end-them-once-please' };
  const done = await post({ preview_token, reason: 'owner_left', note: 'left in May' }, headers);
  expect(done).toMatchObject({ status: 200, names: ['key.force_expired', 'key.force_expired'] });
  const version = done.headers.get('claviger-version');
  expect(done.body).toEqual({
    object: 'forced_expiries',
    counts: { keys: 2, owners: 1, in_use: 0 },
    by_kind: { master: 1, write_only: 1 },
    receipt: expect.objectContaining({ version, applied_by: [expect.objectContaining({ verifier: 'local' })] }),
  });
  expect([(await me(first.text)).code, (await me(kept.text)).status]).toEqual(['key_expired', 200]);
  const key = await send(plane, { method: 'GET', path: `/v1/keys/${second.id}`, headers: olga });
  expect(key.body).toMatchObject({
    expired_by: 'forced',
    forced_expiry: { reason: 'owner_left', note: 'left in May' },
  });
  const replayed = await post({ preview_token, reason: 'owner_left', note: 'left in May' }, headers);
  expect(replayed).toMatchObject({ status: 200, text: done.text, names: [] });
  expect(await post({ preview_token, reason: 'owner_left' })).toMatchObject({ status: 409, code: 'preview_used' });
});

test('restricted users end their own keys so, by a fresh session only (K9, U8)', async () => {
  const rob = await cast.scene.person('rob');
  const { text } = await cast.makeKeyText(rob, {});
  const byKey = await post<Preview>({ preview: true, kind: 'master' }, withKey(text));
  expect(byKey.body.counts).toEqual({ keys: 1, owners: 1, in_use: 0 });
  const asked = { preview_token: byKey.body.preview_token, reason: 'other' };
  expect(await post(asked, withKey(text))).toMatchObject({ status: 403, code: 'session_required' });
  const stale = await cast.newSession(rob, { provenAt: plusMs(plane.installation.clock.now(), -900_001) });
  expect(await post(asked, stale.headers)).toMatchObject({ status: 403, code: 'fresh_proof_required' });
  expect((await post(asked, await cast.session('rob'))).names).toEqual(['key.force_expired']);
});

test.each([
  [{}, ['/preview_token', '/reason']],
  [{ preview: true }, ['/preview']],
  [{ preview: false, kind: 'master' }, ['/preview']],
  [{ preview: true, kind: 'master', reason: 'other' }, ['/reason']],
  [{ kind: 'master' }, ['/preview_token', '/reason', '/kind']],
  [{ preview_token: 'x', reason: 'other', name_pattern: '*' }, ['/name_pattern']],
  [{ preview_token: 'x', reason: 'because' }, ['/reason']],
  [{ preview: true, unused_days: 0 }, ['/unused_days']],
  [{ preview: true, created_before: 'yesterday' }, ['/created_before']],
  [{ preview: true, owner_id: 'olga' }, ['/owner_id']],
])('%j is refused, each mistake by name (X6, T3)', async (body, pointers) => {
  const refused = await post<{ readonly errors: readonly { readonly pointer: string }[] }>(body);
  expect(refused).toMatchObject({ status: 400, code: 'invalid_body', names: [] });
  expect(refused.body.errors.map(({ pointer }) => pointer)).toEqual(pointers);
});
