import { afterAll, beforeAll, expect, test } from 'vitest';
import { secretOf } from './support/api-client.ts';
import { type GuardedShop, startGuardedShop } from './support/guarded-shop.ts';
import { type Nginx, startNginx } from './support/nginx.ts';
import { type Postgres, startPostgres } from './support/postgres.ts';
import { exchange, type RawAnswer } from './support/raw-connection.ts';
import { type Recorder, startRecorder } from './support/recorder.ts';
import { until } from './support/until.ts';
import { verifyOnce } from './support/verify-client.ts';

const STALENESS_SECONDS = 5;

let postgres: Postgres;
let shop: GuardedShop;
let recorder: Recorder;
let nginx: Nginx;
beforeAll(async () => {
  postgres = await startPostgres();
  const settings = {
    DATABASE_URL: await postgres.newDatabase(),
    CLAVIGER_STALENESS_SECONDS: String(STALENESS_SECONDS),
  };
  shop = await startGuardedShop({ settings });
  recorder = await startRecorder();
  nginx = await startNginx({ dataPlanePort: shop.claviger.ports.data, upstreamPort: recorder.port });
});
afterAll(async () => {
  await nginx?.delete();
  recorder?.close();
  await shop?.delete();
  await postgres?.delete();
});

function ask(): Promise<RawAnswer | null> {
  const lines = [
    'GET /v1/events/shop/orders HTTP/1.1',
    'Host: x',
    'Connection: close',
    `X-Api-Key: ${secretOf(shop.shop.master)}`,
  ];
  return exchange(nginx.port, `${lines.join('\r\n')}\r\n\r\n`);
}

test('a verifier that cannot tell whether it is current refuses after its bound, and heals by itself (D5, D10, D14)', async () => {
  const { claviger } = shop;
  const asked = { key: secretOf(shop.shop.master), authenticate_only: true } as const;
  expect(await ask()).toMatchObject({ status: 200 });

  const cutAt = performance.now();
  await postgres.crash();
  // Within the bound it goes on from memory: an unreachable database stops nobody at once.
  expect(await verifyOnce(claviger, asked)).toMatchObject({ allow: true });
  await until('the verifier is stale', async () => !(await verifyOnce(claviger, asked)).allow);
  const staleAfterMs = performance.now() - cutAt;
  expect(staleAfterMs).toBeLessThan((STALENESS_SECONDS + 2) * 1_000);
  expect(await verifyOnce(claviger, asked)).toMatchObject({ allow: false, code: 'stale' });
  recorder.take();
  const refused = await ask();
  expect(refused).toMatchObject({ status: 503 });
  expect(refused?.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(recorder.take()).toEqual([]);
  expect((await fetch(`${claviger.data}/readyz`)).status).toBe(503);
  expect((await fetch(`${claviger.control}/readyz`)).status).toBe(503);
  expect((await fetch(`${claviger.control}/livez`)).status).toBe(200);
  const change = await shop.owner.api.call('POST', '/v1/keys', { body: { kind: 'master', name: 'Meanwhile' } });
  expect(change.status).toBe(503);
  expect(change.headers.get('retry-after')).not.toBeNull();

  await postgres.restart();
  const backAt = performance.now();
  await until('the verifier is current again', async () => (await verifyOnce(claviger, asked)).allow);
  console.log(
    `stale after ${Math.round(staleAfterMs)} ms, well again ${Math.round(performance.now() - backAt)} ms after the database`,
  );
  expect(await ask()).toMatchObject({ status: 200 });
  await shop.owner.api.must('POST', '/v1/keys', { body: { kind: 'master', name: 'Afterwards' } });
});
