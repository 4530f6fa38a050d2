import type { AnswerOf } from '@claviger/contract';
import { DAY_MS, formatInstant, plusMs } from '@claviger/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Cast, openCast } from './testing/cast.ts';
import { send } from './testing/send.ts';
import { openTestPlane, type TestPlane } from './testing/test-plane.ts';

let plane: TestPlane;
let cast: Cast;
beforeAll(async () => {
  plane = await openTestPlane();
  cast = await openCast(plane);
  const now = plane.installation.clock.now();
  for (const name of ['olga', 'ada', 'rita'] as const) {
    const owner = await cast.scene.person(name);
    await cast.makeKey(owner, {});
    await cast.makeKey(owner, { expiresAt: plusMs(now, DAY_MS), kind: 'write_only' });
    await cast.makeKey(owner, { expiresAt: plusMs(now, 500 * DAY_MS) });
    await cast.makeKey(owner, { expiresAt: plusMs(now, 1), createdAt: now });
  }
  plane.pass(1);
});
afterAll(() => plane.close());

const histogram = async (name: 'olga' | 'adam' | 'rita', query = '') => {
  const headers = await cast.session(name);
  return send<AnswerOf<'read_expiry_histogram'>>(plane, {
    method: 'GET',
    path: `/v1/expiry-histogram${query}`,
    headers,
  });
};
const NONE = { master: 0, write_only: 0, in_use: 0 };

test('each day is there, in order, with what expires on it; the dead are nowhere (E9)', async () => {
  const { body, status } = await histogram('olga', '?days=3');
  const date = (days: number): string =>
    formatInstant(plusMs(plane.installation.clock.now(), days * DAY_MS)).slice(0, 10);
  expect(status).toBe(200);
  expect(body).toEqual({
    object: 'expiry_histogram',
    days: [
      { date: date(0), ...NONE },
      { date: date(1), ...NONE, write_only: 3 },
      { date: date(2), ...NONE },
    ],
    later: { ...NONE, master: 3 },
    never: { ...NONE, master: 3 },
  });
  expect((await histogram('olga')).body.days).toHaveLength(90);
  expect((await histogram('olga', '?days=400')).body.days).toHaveLength(400);
});

test('everybody counts the keys they manage, and asking for those of others counts none (K9, U3)', async () => {
  const { id: ada } = await cast.scene.person('ada');
  const { id: rita } = await cast.scene.person('rita');
  expect((await histogram('adam')).body.never.master).toBe(1);
  expect((await histogram('rita')).body.never.master).toBe(1);
  expect((await histogram('olga', `?owner_id=${ada}`)).body.never.master).toBe(1);
  expect((await histogram('adam', `?owner_id=${ada}`)).body.never.master).toBe(0);
  expect((await histogram('rita', `?owner_id=${ada}`)).body.never.master).toBe(0);
  expect((await histogram('adam', `?owner_id=${rita}&kind=write_only`)).body).toMatchObject({
    never: NONE,
    later: NONE,
  });
});

test.each(['0', '401', '-1', '1.5', 'x', ''])('days=%s are refused with the limits (T3)', async (days) => {
  const refused = await histogram('olga', `?days=${days}`);
  expect(refused).toMatchObject({ status: 400, code: 'invalid_query' });
  expect(refused.text).toContain('from 1 to 400');
});
