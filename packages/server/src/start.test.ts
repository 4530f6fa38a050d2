import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AddressInfo } from 'node:net';
import { openPostgres, openSqlite } from '@claviger/storage';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from './clock.ts';
import { parseConfig } from './config.ts';
import { openLog } from './logs.ts';
import { type Running, startServer } from './start.ts';
import type { StartRefusal } from './start-refusal.ts';

let parent = '';
let said: string[] = [];
let running: Running[] = [];
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'claviger-start-'));
  said = [];
});
afterEach(async () => {
  for (const server of running) await server.stop();
  running = [];
  rmSync(parent, { recursive: true });
});

const dataDir = (): string => join(parent, 'data');
const LISTENERS = ['CLAVIGER_LISTEN', 'CLAVIGER_DATA_PLANE_LISTEN', 'CLAVIGER_METRICS_LISTEN'];

async function start(settings: Readonly<Record<string, string>> = {}, flags = {}): Promise<Running | StartRefusal> {
  const ports = Object.fromEntries(LISTENERS.map((name) => [name, '127.0.0.1:0']));
  const config = parseConfig(
    { env: { CLAVIGER_DATA_DIR: dataDir(), ...ports, ...settings }, readFile: () => '' },
    flags,
  );
  if (!config.ok) throw new Error(config.refusal.join('; '));
  const started = await startServer(config.value, {
    engines: { sqlite: openSqlite, postgres: openPostgres },
    clock: systemClock(),
    log: openLog('silent'),
    say: (line) => said.push(line),
    isTerminal: false,
    memoryBytes: () => 1,
  });
  if (started.ok) running.push(started.value);
  return started.ok ? started.value : started.refusal;
}

async function started(settings: Readonly<Record<string, string>> = {}, flags = {}): Promise<Running> {
  const server = await start(settings, flags);
  if ('line' in server) throw new Error(server.line);
  return server;
}

async function refused(settings: Readonly<Record<string, string>> = {}): Promise<StartRefusal> {
  const server = await start(settings);
  if (!('line' in server)) throw new Error('it started');
  expect(server.line).not.toContain('\n');
  return server;
}

const urlOf = (address: AddressInfo | null, path: string): string => `http://127.0.0.1:${address?.port}${path}`;
const statusOf = async (address: AddressInfo | null, path: string): Promise<number> =>
  (await fetch(urlOf(address, path))).status;

test('every listener is live and ready once the server has started, and the key files are there (D14)', async () => {
  const server = await started();
  for (const address of [server.controlPlane, server.dataPlane, server.metrics]) {
    expect([await statusOf(address, '/livez'), await statusOf(address, '/readyz')]).toEqual([200, 200]);
  }
  for (const name of ['sealing-key', 'signing-key', 'verifier.key', 'setup-link']) {
    expect(statSync(join(dataDir(), name)).mode & 0o777).toBe(0o600);
  }
  expect(said.join('\n')).toContain(`see ${join(dataDir(), 'setup-link')}`);
  expect(said.join('\n')).not.toContain('#');
  const metrics = await (await fetch(urlOf(server.metrics, '/metrics'))).text();
  expect(metrics).toContain('claviger_stale 0');
  expect(metrics).toContain('# TYPE claviger_would_be_denials_total counter\nclaviger_would_be_denials_total 0\n');
  expect(await statusOf(server.metrics, '/v1/me')).toBe(404);
});

test('each plane can run alone', async () => {
  const server = await started({}, { roles: 'data' });
  expect(server.controlPlane).toBeNull();
  expect(await statusOf(server.dataPlane, '/readyz')).toBe(200);
});

test('set-up binds the verifier key of this installation to the account, and the link is gone (T2, K11)', async () => {
  const server = await started();
  const link = new URL(readFileSync(join(dataDir(), 'setup-link'), 'utf8').trim());
  const setup = await fetch(urlOf(server.controlPlane, '/v1/setup'), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      token: link.hash.slice(1),
      account: { name: 'Acme' },
      owner: { email: 'olga@acme.example', name: 'Olga', password: 'correct horse battery' },
    }),
  });
  expect(setup.status).toBe(201);
  const { keys } = (await setup.json()) as { readonly keys: readonly { readonly secret: string }[] };
  const verify = await fetch(urlOf(server.dataPlane, '/v1/keys/verify'), {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${readFileSync(join(dataDir(), 'verifier.key'), 'utf8').trim()}`,
    },
    body: JSON.stringify({ key: keys[0]?.secret, operation: 'query', resource: 'database:sales' }),
  });
  expect(await verify.json()).toMatchObject({ allow: true, code: 'allowed' });
  expect(() => statSync(join(dataDir(), 'setup-link'))).toThrow();
});

test('a data folder that others may read is refused in one line (Q5)', async () => {
  mkdirSync(dataDir());
  chmodSync(dataDir(), 0o755);
  expect(await refused()).toMatchObject({ exitCode: 1, line: expect.stringContaining('chmod 700') });
});

test('a second process on the same data folder is refused, and the first goes on (Q5)', async () => {
  const server = await started();
  expect(await refused()).toMatchObject({ exitCode: 1, line: expect.stringContaining(dataDir()) });
  expect(await statusOf(server.controlPlane, '/readyz')).toBe(200);
});

test('a wrong sealing key is refused, whether it comes by file or by setting (Q5, K7)', async () => {
  await (await started()).stop();
  running = [];
  const wrong = `1:${Buffer.alloc(32, 9).toString('base64url')}`;
  expect((await refused({ CLAVIGER_SEALING_KEY: wrong })).line).toContain('sealing key');
  const right = readFileSync(join(dataDir(), 'sealing-key'));
  writeFileSync(join(dataDir(), 'sealing-key'), wrong);
  expect((await refused()).line).toContain('sealing key');
  writeFileSync(join(dataDir(), 'sealing-key'), right);
  expect(await statusOf((await started()).controlPlane, '/readyz')).toBe(200);
});

test('a port that is taken is refused with the setting to change', async () => {
  const server = await started();
  const taken = `127.0.0.1:${server.controlPlane?.port}`;
  const other = { CLAVIGER_DATA_DIR: join(parent, 'other'), CLAVIGER_LISTEN: taken };
  expect(await refused(other)).toMatchObject({ exitCode: 1, line: expect.stringContaining('CLAVIGER_LISTEN') });
});

test('a text that is no internal key is refused as verifier key, without being shown', async () => {
  const { line, exitCode } = await refused({ CLAVIGER_VERIFIER_KEY: 'canary' });
  expect([exitCode, line.includes('CLAVIGER_VERIFIER_KEY'), line.includes('canary')]).toEqual([2, true, false]);
});

test('a server that stops finishes what is under way, and what it stored is there at the next start', async () => {
  const server = await started();
  await server.stop();
  running = [];
  await expect(fetch(urlOf(server.controlPlane, '/livez'))).rejects.toThrow();
  await started();
});
