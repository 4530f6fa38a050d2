import { afterAll, beforeAll, expect, test } from 'vitest';
import { openCast, withKey } from './testing/cast.ts';
import { send } from './testing/send.ts';
import { openTestPlane, type TestPlane } from './testing/test-plane.ts';

let plane: TestPlane;
beforeAll(async () => {
  plane = await openTestPlane();
});
afterAll(() => plane.close());

test('a key with a rate limit is told what is left of it, also when it is used up; others nothing (K5)', async () => {
  const cast = await openCast(plane);
  const olga = await cast.scene.person('olga');
  const told = async (text: Parameters<typeof withKey>[0]) => {
    const { status, headers } = await send(plane, { method: 'GET', path: '/v1/me', headers: withKey(text) });
    return [status, ...['ratelimit', 'ratelimit-policy', 'retry-after'].map((name) => headers.get(name))];
  };
  const { text } = await cast.makeKeyText(olga, { rateLimit: { requests: 2, perSeconds: 60 } });
  expect(await told(text)).toEqual([200, '"key";r=1;t=30', '"key";q=2;w=60', null]);
  expect(await told(text)).toEqual([200, '"key";r=0;t=60', '"key";q=2;w=60', null]);
  expect(await told(text)).toEqual([429, '"key";r=0;t=60', '"key";q=2;w=60', '30']);
  plane.pass(30_000);
  expect(await told(text)).toEqual([200, '"key";r=0;t=60', '"key";q=2;w=60', null]);
  expect(await told((await cast.makeKeyText(olga, {})).text)).toEqual([200, null, null, null]);
});
