import { DAY_MS } from '@claviger/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CallerHeaders, openCast, withKey } from '../http/testing/cast.ts';
import { send } from '../http/testing/send.ts';
import { openTestPlane, type TestPlane } from '../http/testing/test-plane.ts';
import { startUsageFlush } from '../usage-flush.ts';
import { idleKeysJob } from './idle-keys.ts';

let plane: TestPlane;
beforeAll(async () => {
  plane = await openTestPlane();
});
afterAll(() => plane.close());

const setRule = (headers: CallerHeaders, idle_rule: unknown) =>
  send(plane, { method: 'PATCH', path: '/v1/account', headers, body: { idle_rule } });

test('a key that was used this very moment is not idle, though its use is not written down yet (E14, D13)', async () => {
  const cast = await openCast(plane);
  const { scene } = cast;
  const [used, idle] = [await scene.give('rita'), await scene.give('rita')];
  expect(await setRule(await cast.session('olga'), { days: 1, action: 'disable' })).toMatchObject({ status: 200 });
  plane.pass(9 * DAY_MS);
  const quiet = (): void => undefined;
  const log = { fatal: quiet, error: quiet, warn: quiet, info: quiet, debug: quiet };
  const usage = startUsageFlush(plane.installation, log);
  // The nine days have passed for certain: no clock has jumped (E9).
  const clock = { storable: () => plane.installation.clock.now() };
  const job = idleKeysJob({ commands: plane.deps, clock, flushUses: () => usage.flush() });
  const me = await send(plane, { method: 'GET', path: '/v1/me', headers: withKey(used.secret) });
  expect(me.status).toBe(200);
  expect((await scene.key(used.key.id))?.lastUsedAt).toBeNull();
  await job.run(new AbortController().signal);
  expect(await scene.key(used.key.id)).toMatchObject({ disabledAt: null, lastUsedAt: plane.installation.clock.now() });
  expect(await scene.key(idle.key.id)).toMatchObject({ disabledReason: 'idle' });
  const stopped = await send(plane, { method: 'GET', path: '/v1/me', headers: withKey(idle.secret) });
  expect(stopped).toMatchObject({ status: 401, code: 'key_disabled' });
  await usage.stop();
});

test.each([
  { rule: { days: 0, action: 'report' }, pointer: '/idle_rule/days' },
  { rule: { days: 366, action: 'report' }, pointer: '/idle_rule/days' },
  { rule: { days: 1.5, action: 'report' }, pointer: '/idle_rule/days' },
  { rule: { days: 30, action: 'delete' }, pointer: '/idle_rule/action' },
  { rule: { days: 30 }, pointer: '/idle_rule/action' },
  { rule: [], pointer: '/idle_rule' },
])('the rule $rule is refused with where it is wrong (E14)', async ({ rule, pointer }) => {
  const cast = await openCast(plane);
  const answer = await setRule(await cast.session('olga'), rule);
  expect(answer).toMatchObject({ status: 400, code: 'invalid_body', names: [] });
  expect(answer.body).toMatchObject({ errors: [{ pointer }] });
});

test('a rule is set, read and taken back (E14)', async () => {
  const cast = await openCast(plane);
  const olga = await cast.session('olga');
  for (const rule of [{ days: 1, action: 'report' }, { days: 365, action: 'disable' }, null]) {
    expect(await setRule(olga, rule)).toMatchObject({ names: ['account.changed'], body: { idle_rule: rule } });
    const read = await send(plane, { method: 'GET', path: '/v1/account', headers: olga });
    expect(read.body).toMatchObject({ idle_rule: rule });
    expect((await setRule(olga, rule)).names).toEqual([]);
  }
});
