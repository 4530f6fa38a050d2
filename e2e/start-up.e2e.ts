import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { createApi, setUp } from './support/api-client.ts';
import { type Claviger, runClaviger, SETUP_TOKEN, startClaviger } from './support/claviger-process.ts';
import { freePort } from './support/free-ports.ts';
import { executeInSqlite } from './support/sqlite-file.ts';

const LINE = /^[^\n]+\n$/;

let claviger: Claviger | null = null;
let folders: string[] = [];
afterEach(async () => {
  await claviger?.delete();
  claviger = null;
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  folders = [];
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'claviger-e2e-start-'));
  folders.push(folder);
  return folder;
}

async function startRefused(
  settings: Readonly<Record<string, string>>,
): Promise<{ readonly code: number | null; readonly errors: string; readonly output: string }> {
  const port = await freePort();
  const addresses = {
    CLAVIGER_LISTEN: `127.0.0.1:${port}`,
    CLAVIGER_DATA_PLANE_LISTEN: '127.0.0.1:0',
    CLAVIGER_METRICS_LISTEN: '127.0.0.1:0',
  };
  return runClaviger(['serve'], { ...addresses, ...settings });
}

test('a second process on the same data folder is refused in one line, and the first goes on (K7)', async () => {
  claviger = await startClaviger();
  const second = await startRefused({ CLAVIGER_DATA_DIR: claviger.dataDir });
  expect(second).toMatchObject({ code: 1, errors: expect.stringMatching(LINE) });
  expect(second.errors).toContain(claviger.dataDir);
  expect((await fetch(`${claviger.control}/readyz`)).status).toBe(200);
});

test('a lock left by a kill never hinders a start', async () => {
  claviger = await startClaviger();
  for (let kill = 0; kill < 3; kill += 1) {
    await claviger.kill();
    await claviger.restart();
  }
  expect(claviger.isRunning()).toBe(true);
});

test('a data folder that others may read is refused in one line', async () => {
  const folder = newFolder();
  chmodSync(folder, 0o755);
  const refused = await startRefused({ CLAVIGER_DATA_DIR: folder });
  expect(refused).toMatchObject({ code: 1, errors: expect.stringMatching(LINE) });
  expect(refused.errors).toContain(`chmod 700 ${folder}`);
  expect(existsSync(join(folder, 'claviger.db'))).toBe(false);
});

test('a wrong sealing key is refused in one line before it seals anything (K7)', async () => {
  claviger = await startClaviger();
  await setUp(claviger.control);
  await claviger.stop();
  const path = join(claviger.dataDir, 'sealing-key');
  const right = readFileSync(path);
  writeFileSync(path, `1:${Buffer.alloc(32, 9).toString('base64url')}\n`);
  const refused = await startRefused({ CLAVIGER_DATA_DIR: claviger.dataDir });
  expect(refused).toMatchObject({ code: 1, errors: expect.stringMatching(LINE) });
  expect(refused.errors).toContain('sealing');
  writeFileSync(path, right);
  await claviger.restart();
  expect(claviger.isRunning()).toBe(true);
});

test('unknown and wrong settings are reported all at once, with exit status 2 and no secret', async () => {
  const refused = await startRefused({
    CLAVIGER_DATA_DIR: newFolder(),
    CLAVIGER_COLOUR: 'blue',
    CLAVIGER_STALENESS_SECONDS: '1',
    CLAVIGER_LISTEN: '0.0.0.0:4400',
    CLAVIGER_SETUP_TOKEN: 'tooshort',
    DATABASE_URL: 'mysql://root:hunter2@localhost/x',
  });
  expect(refused.code).toBe(2);
  for (const name of [
    'CLAVIGER_COLOUR',
    'CLAVIGER_STALENESS_SECONDS',
    'CLAVIGER_LISTEN',
    'CLAVIGER_SETUP_TOKEN',
    'DATABASE_URL',
  ])
    expect(refused.errors).toContain(name);
  expect(refused.errors).not.toMatch(/tooshort|hunter2/);
});

test('a PostgreSQL that does not answer is refused in one line, without its password', async () => {
  const url = `postgres://claviger:hunter2@127.0.0.1:${await freePort()}/claviger`;
  const refused = await startRefused({ CLAVIGER_DATA_DIR: newFolder(), DATABASE_URL: url });
  expect(refused).toMatchObject({ code: 1, errors: expect.stringMatching(LINE) });
  expect(refused.errors).toContain('PostgreSQL');
  expect(refused.errors).not.toContain('hunter2');
});

test('a database that a newer program wrote is refused in one line and left as it is', async () => {
  claviger = await startClaviger();
  await claviger.stop();
  executeInSqlite(
    claviger.dataDir,
    `insert into claviger_migrations (name, timestamp) values ('9999_of_tomorrow', '')`,
  );
  const refused = await startRefused({ CLAVIGER_DATA_DIR: claviger.dataDir });
  expect(refused).toMatchObject({ code: 1, errors: expect.stringMatching(LINE) });
  expect(refused.errors).toContain('9999_of_tomorrow');
});

test('a file that is no database of ours is refused in one line and left as it is', async () => {
  const folder = newFolder();
  writeFileSync(join(folder, 'claviger.db'), 'not a database, but somebody else’s only copy of something');
  const refused = await startRefused({ CLAVIGER_DATA_DIR: folder });
  expect(refused).toMatchObject({ code: 1, errors: expect.stringMatching(LINE) });
  expect(readFileSync(join(folder, 'claviger.db'), 'utf8')).toContain('only copy');
});

test('a fresh installation has a set-up link in a file of its owner, and its token sets up once (T2)', async () => {
  claviger = await startClaviger({ settings: { CLAVIGER_SETUP_TOKEN: '' } });
  const path = join(claviger.dataDir, 'setup-link');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  const link = new URL(readFileSync(path, 'utf8').trim());
  expect(link.origin).toBe(claviger.control);
  const token = link.hash.slice(1);
  expect(token).toMatch(/^[\w-]{43}$/);
  expect(claviger.log()).not.toContain(token);

  const api = createApi(claviger.control, {});
  const owner = { email: 'owner@system.example', name: 'Owner', password: 'correct horse battery staple' };
  const body = { token, account: { name: 'First' }, owner };
  expect(await api.call('POST', '/v1/setup', { body: { ...body, token: `${token.slice(0, -1)}_` } })).toMatchObject({
    status: 401,
  });
  expect((await api.call('POST', '/v1/setup', { body })).status).toBe(201);
  expect(await api.call('POST', '/v1/setup', { body })).toMatchObject({ status: 409, body: { code: 'setup_done' } });
  expect(existsSync(path)).toBe(false);
  await claviger.kill();
  await claviger.restart();
  expect(existsSync(path)).toBe(false);
});

test('a set-up link that was not used is another one after the next start (T2)', async () => {
  claviger = await startClaviger({ settings: { CLAVIGER_SETUP_TOKEN: '' } });
  const path = join(claviger.dataDir, 'setup-link');
  const first = readFileSync(path, 'utf8');
  await claviger.stop();
  await claviger.restart();
  expect(readFileSync(path, 'utf8')).not.toBe(first);
});

test('a token given by setting is ignored once there is an Owner (T2)', async () => {
  claviger = await startClaviger();
  await setUp(claviger.control);
  await claviger.stop();
  await claviger.restart();
  const owner = { email: 'other@system.example', name: 'Other', password: 'correct horse battery staple' };
  const body = { token: SETUP_TOKEN, account: { name: 'Second' }, owner };
  expect(await createApi(claviger.control, {}).call('POST', '/v1/setup', { body })).toMatchObject({ status: 409 });
});
