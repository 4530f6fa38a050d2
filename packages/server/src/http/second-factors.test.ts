import type { AnswerOf } from '@claviger/contract';
import { Secret } from '@claviger/core';
import { TOTP, URI } from 'otpauth';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Incoming } from './incoming.ts';
import { countCode } from './second-proof.ts';
import { openCast } from './testing/cast.ts';
import { send } from './testing/send.ts';
import { openTestPlane, type TestPlane } from './testing/test-plane.ts';
import { createThrottles } from './throttles.ts';

let plane: TestPlane;
beforeAll(async () => {
  plane = await openTestPlane();
});
afterAll(() => plane.close());

const FACTORS = '/v1/me/second-factors';
const codeNow = (app: TOTP | ReturnType<typeof URI.parse>, steps = 0): string => {
  if (!(app instanceof TOTP)) throw new Error('no one-time passwords by time');
  return app.generate({ timestamp: plane.installation.clock.now() + steps * 30_000 });
};

test('a person sets a second factor up, signs in with it, and nothing secret is kept in clear (U7, K7, A3)', async () => {
  const cast = await openCast(plane);
  const headers = await cast.session('rita');
  const post = <T>(path: string, body?: unknown) => send<T>(plane, { method: 'POST', path, headers, body });
  const begun = await post<AnswerOf<'begin_totp'>>(`${FACTORS}/totp`);
  expect(begun).toMatchObject({ status: 201, names: [], body: { object: 'totp_setup' } });
  const app = URI.parse(begun.body.otpauth_url);
  const confirmed = await post<AnswerOf<'confirm_totp'>>(`${FACTORS}/totp/confirm`, { code: codeNow(app) });
  expect(confirmed).toMatchObject({ status: 200, names: ['second_factor.added'] });
  const codes = confirmed.body.codes ?? [];
  expect(codes).toHaveLength(10);
  const email = (await cast.scene.person('rita')).email;
  const enter = (rest: object) =>
    send(plane, { method: 'POST', path: '/v1/sessions', body: { email, password: 'rita'.repeat(12), ...rest } });
  expect(await enter({})).toMatchObject({ status: 401, code: 'second_factor_required' });
  expect(await enter({ totp_code: codeNow(app) })).toMatchObject({ status: 422, code: 'second_factor_wrong' });
  expect(await enter({ totp_code: codeNow(app, 1) })).toMatchObject({ status: 201 });
  expect(await enter({ recovery_code: codes[0] })).toMatchObject({ status: 201 });
  expect(await enter({ recovery_code: codes[1], totp_code: '000000' })).toMatchObject({ code: 'invalid_body' });
  const list = await send(plane, { method: 'GET', path: FACTORS, headers });
  expect(list.body).toMatchObject({ totp: { confirmed_at: expect.any(String) }, recovery_codes_left: 9 });
  const kept = JSON.stringify(plane.eventsAfter(0)) + plane.logged.join('\n') + list.text;
  for (const secret of [begun.body.secret, ...codes]) expect(kept).not.toContain(secret);
});

test('a user has twenty wrong codes in a quarter of an hour, from wherever; what else is refused costs none (U7)', () => {
  const throttles = createThrottles();
  const proof = { kind: 'totp', code: new Secret('000000') } as const;
  const count = (user: string, kind: 'second-factor-wrong' | 'sign-in-failed') => {
    const incoming = { now: plane.installation.clock.now() } as Incoming;
    const counted = countCode(throttles, incoming, { user, proof });
    if (counted.ok) counted.value.settle({ ok: false, refusal: { kind } });
    return counted.ok;
  };
  const many = (user: string, kind: Parameters<typeof count>[1]) =>
    Array.from({ length: 25 }, () => count(user, kind)).filter(Boolean).length;
  expect(many('rita@acme.example', 'sign-in-failed')).toBe(25);
  expect(many('rita@acme.example', 'second-factor-wrong')).toBe(20);
  expect(many('RITA@acme.example', 'second-factor-wrong')).toBe(0);
  expect(many('rob@acme.example', 'second-factor-wrong')).toBe(20);
});
