import type { AnswerOf } from '@claviger/contract';
import { DAY_MS, formatInstant, HOUR_MS, type KeyId, plusMs } from '@claviger/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { foldUsageJob } from '../jobs/usage.ts';
import { startUsageFlush, type UsageFlush } from '../usage-flush.ts';
import { type Cast, openCast, withKey } from './testing/cast.ts';
import { send } from './testing/send.ts';
import { openTestPlane, type TestPlane } from './testing/test-plane.ts';

let plane: TestPlane;
let cast: Cast;
let flushing: UsageFlush;
beforeAll(async () => {
  plane = await openTestPlane();
  cast = await openCast(plane);
  flushing = startUsageFlush(plane.installation, log);
});
afterAll(async () => {
  await flushing?.stop();
  await plane?.close();
});

const quiet = (): void => undefined;
const log = { fatal: quiet, error: quiet, warn: quiet, info: quiet, debug: quiet };

async function usageOf(name: 'olga' | 'adam' | 'rita', keyId: KeyId, query = '') {
  const headers = await cast.session(name);
  return send<AnswerOf<'read_usage'>>(plane, { method: 'GET', path: `/v1/usage?key_id=${keyId}${query}`, headers });
}

const startOf = (lengthMs: number, steps = 0): string => {
  const now = plane.installation.clock.now();
  return formatInstant(plusMs(now, steps * lengthMs - (now % lengthMs)));
};

test('allowed and refused decisions are told by day and by hour, before and after they are folded (D13)', async () => {
  const rita = await cast.scene.person('rita');
  const { id, text } = await cast.makeKeyText(rita, { rateLimit: { requests: 2, perSeconds: 3_600 } });
  const use = () => send(plane, { method: 'GET', path: '/v1/me', headers: withKey(text) });
  for (const status of [200, 200, 429]) expect((await use()).status).toBe(status);
  expect((await usageOf('rita', id)).body.data, 'nothing is flushed yet').toEqual([]);
  await flushing.flush();
  const first = { allowed: 2, denied: 1, reasons: { rate_limited: 1 } };
  const day = { starts_at: startOf(DAY_MS), ...first };
  expect((await usageOf('rita', id)).body).toEqual({ object: 'usage', key_id: id, step: 'day', data: [day] });
  await foldUsageJob(plane.installation.store).run(new AbortController().signal);
  const hour = { starts_at: startOf(HOUR_MS), ...first };
  expect((await usageOf('rita', id, '&step=hour')).body.data).toEqual([hour]);
  plane.pass(HOUR_MS);
  expect((await use()).status).toBe(200);
  await flushing.flush();
  const second = { starts_at: startOf(HOUR_MS), allowed: 1, denied: 0, reasons: {} };
  expect((await usageOf('rita', id, '&step=hour')).body.data).toEqual([hour, second]);
  const from = `&from=${startOf(HOUR_MS)}`;
  expect((await usageOf('rita', id, `&step=hour${from}`)).body.data).toEqual([second]);
  expect((await usageOf('rita', id, `&step=hour&to=${hour.starts_at}`)).body.data).toEqual([hour]);
});

test('administrators are told of the keys they manage, others of their own; no other key is one (K9, T1)', async () => {
  const olgas = await cast.makeKey(await cast.scene.person('olga'), {});
  const ritas = await cast.makeKey(await cast.scene.person('rita'), {});
  const statuses = async (id: KeyId) =>
    Promise.all((['olga', 'adam', 'rita'] as const).map(async (name) => (await usageOf(name, id)).status));
  expect(await statuses(ritas)).toEqual([200, 200, 200]);
  expect(await statuses(olgas)).toEqual([200, 404, 404]);
  expect((await usageOf('olga', ritas, '&to=9999-12-31T23:59:59Z')).body.data).toEqual([]);
  expect(await usageOf('olga', ritas, '&step=week')).toMatchObject({ status: 400, code: 'invalid_query' });
});
