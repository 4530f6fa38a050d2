import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { OperatorAnswer, OperatorRequest } from '@claviger/contract';
import { ok, type Origin, Secret } from '@claviger/core';
import { openPostgres, openSqlite } from '@claviger/storage';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../clock.ts';
import { type Config, parseConfig } from '../config.ts';
import { webhookSecretPurpose } from '../commands/webhook-secret.ts';
import { openInstallation } from '../installation.ts';
import { openLog } from '../logs.ts';
import { askOperator } from '../operator/ask-operator.ts';
import { type Running, startServer } from '../start.ts';
import { createSealer, type Sealer } from '../sealing.ts';
import { withSamples } from '../mail/testing/open-samples.ts';
import { invitationDraft, sampleOf } from '../mail/testing/sample-mails.ts';
import { parseSealingKeys } from '../config/sealing-keys.ts';
import { followSealingKey } from './reseal.ts';

let parent = '';
let running: Running | null = null;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'claviger-sealing-'));
});
afterEach(async () => {
  await stop();
  rmSync(parent, { recursive: true });
});

const dataDir = (): string => join(parent, 'data');
const keyFile = (): string => readFileSync(join(dataDir(), 'sealing-key'), 'utf8').trim();
const outside = {
  engines: { sqlite: openSqlite, postgres: openPostgres },
  clock: systemClock(),
  log: openLog('silent'),
};

function config(more: Readonly<Record<string, string>> = {}): Config {
  const listeners = ['CLAVIGER_LISTEN', 'CLAVIGER_DATA_PLANE_LISTEN', 'CLAVIGER_METRICS_LISTEN'];
  const ports = Object.fromEntries(listeners.map((name) => [name, '127.0.0.1:0']));
  const env = { CLAVIGER_DATA_DIR: dataDir(), CLAVIGER_SETUP_TOKEN: 'a-set-up-token-of-the-tests', ...ports, ...more };
  const parsed = parseConfig({ env, readFile: () => '' }, {});
  if (!parsed.ok) throw new Error(parsed.refusal.join('; '));
  return parsed.value;
}

async function start(more = {}): Promise<string | null> {
  const about = { ...outside, say: () => undefined, isTerminal: false, memoryBytes: () => 1 };
  const server = await startServer(config(more), about);
  if (!server.ok) return server.refusal.line;
  running = server.value;
  return null;
}

async function stop(): Promise<void> {
  await running?.stop();
  running = null;
}

const ask = (asked: OperatorRequest, more = {}): Promise<OperatorAnswer> => askOperator(config(more), outside, asked);

async function done(act: 'replace_sealing_key' | 'forget_sealing_keys' | 'sealing_key_status', more = {}) {
  const answer = await ask({ act }, more);
  if (!answer.ok) throw new Error(answer.line);
  return answer.records;
}

type Body = { readonly [name: string]: unknown };

type Answer = { readonly status: number; readonly body: Body; readonly replayed: boolean; readonly cookie: string };

async function post(path: string, body: unknown, headers = {}): Promise<Answer> {
  const address = path === '/v1/keys/verify' ? running?.dataPlane : running?.controlPlane;
  const answer = await fetch(`http://127.0.0.1:${address?.port}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  const replayed = answer.headers.get('idempotent-replayed') === 'true';
  const cookie = answer.headers.get('set-cookie')?.split(';', 1)[0] ?? '';
  return { status: answer.status, body: (await answer.json()) as Body, replayed, cookie };
}

let session: Readonly<Record<string, string>> = {};

/** Sets an account up, keeps the Owner's session, and answers with their master key. */
async function setUp(): Promise<string> {
  const owner = { email: 'olga@acme.example', name: 'Olga', password: 'correct horse battery' };
  const asked = { token: 'a-set-up-token-of-the-tests', account: { name: 'Acme' }, owner };
  const { body, cookie } = await post('/v1/setup', asked);
  session = { cookie, origin: `http://127.0.0.1:${running?.controlPlane?.port}` };
  return (body['keys'] as readonly { readonly secret: string }[])[0]?.secret ?? '';
}

async function codeOf(key: string): Promise<unknown> {
  const internal = readFileSync(join(dataDir(), 'verifier.key'), 'utf8').trim();
  const question = { key, operation: 'query', resource: 'database:sales' };
  return (await post('/v1/keys/verify', question, { authorization: `Bearer ${internal}` })).body['code'];
}

async function newKeys(master: string, count: number): Promise<readonly string[]> {
  const secrets: string[] = [];
  for (let made = 0; made < count; made += 1) {
    const { body } = await post(
      '/v1/keys',
      { kind: 'master', name: `k${made}` },
      { authorization: `Bearer ${master}` },
    );
    secrets.push(String(body['secret']));
  }
  return secrets;
}

function inDatabase<T>(work: (database: DatabaseSync) => T): T {
  const database = new DatabaseSync(join(dataDir(), 'claviger.db'));
  try {
    return work(database);
  } finally {
    database.close();
  }
}

/** The numbers of the keys under which anything stands. */
const numbersInUse = (): readonly unknown[] =>
  inDatabase((database) =>
    database
      .prepare(
        `select substr(seal, 1, instr(seal, ':') - 1) as number from key_secrets
         union select substr(seal, 1, instr(seal, ':') - 1) from internal_keys
         union select substr(secret, 1, instr(secret, ':') - 1) from webhooks
         union select substr(previous_secret, 1, instr(previous_secret, ':') - 1) from webhooks where previous_secret is not null`,
      )
      .all()
      .map((row) => row['number']),
  );

const sealingEvents = (): readonly string[] =>
  inDatabase((database) =>
    database
      .prepare("select event_name, actor from audit_events where event_name like 'sealing_key.%' order by version")
      .all()
      .map((row) => `${String(row['event_name'])} by ${String((JSON.parse(String(row['actor'])) as Body)['id'])}`),
  );

test('on a running server everything is sealed anew, every key goes on working, and the old one may go (K7)', {
  timeout: 60_000,
}, async () => {
  await start();
  const master = await setUp();
  const keys = await newKeys(master, 260);
  const authorization = `Bearer ${master}`;
  const webhook = { url: 'https://siem.acme.example/x', event_names: ['key.created'] };
  const made = await post('/v1/webhooks', webhook, session);
  expect(made.status).toBe(201);
  const repeatable = { authorization, 'idempotency-key': 'made-before-the-replacement' };
  const first = await post('/v1/keys', { kind: 'master', name: 'once' }, repeatable);

  expect(await done('replace_sealing_key')).toEqual([
    { number: '2', state: 'in_use', rows_to_seal_anew: '0', may_be_forgotten: 'false' },
    { number: '1', state: 'former', rows_to_seal_anew: '0', may_be_forgotten: 'true' },
  ]);
  expect(keyFile()).toMatch(/^2:[\w-]{43},1:[\w-]{43}$/);
  const again = await post('/v1/keys', { kind: 'master', name: 'once' }, repeatable);
  expect([again.replayed, again.body['id']]).toEqual([true, first.body['id']]);
  const [later = ''] = await newKeys(master, 1);
  expect(numbersInUse()).toEqual(['2']);

  expect(await done('forget_sealing_keys')).toHaveLength(1);
  expect(keyFile()).toMatch(/^2:[\w-]{43}$/);
  await stop();
  expect(await start()).toBeNull();
  for (const key of [master, later, ...keys.slice(0, 5), ...keys.slice(-5)]) expect(await codeOf(key)).toBe('allowed');
  const sealer = createSealer(parseSealingKeys(new Secret(keyFile())) ?? []);
  const stored = inDatabase((database) => database.prepare('select id, secret from webhooks').get());
  const purpose = webhookSecretPurpose(String(stored?.['id']) as Parameters<typeof webhookSecretPurpose>[0]);
  expect(sealer.decrypt(purpose, String(stored?.['secret']))?.reveal()).toBe(made.body['secret']);
  expect(sealingEvents()).toEqual(['sealing_key.replaced by operator', 'sealing_key.resealed by operator']);
  expect(inDatabase((database) => JSON.stringify(database.prepare('select * from audit_events').all()))).not.toContain(
    keyFile().slice(2),
  );
});

test('a row that somebody else wrote does not become a key by a replacement (K7)', async () => {
  await start();
  const [forged = ''] = await newKeys(await setUp(), 1);
  await stop();
  const forge = "update key_secrets set seal = '1:' || replace(hex(zeroblob(32)), 'x', '') where key_id = ?";
  const id = `key_${forged.split('_')[2]?.slice(0, 12)}`;
  const changed = inDatabase((database) => database.prepare(forge).run(id).changes);
  expect(changed).toBe(1);
  const [inUse] = await done('replace_sealing_key');
  expect(inUse).toMatchObject({ number: '2', rows_that_no_key_sealed: '1' });
  await done('forget_sealing_keys');
  await start();
  expect(await codeOf(forged)).not.toBe('allowed');
});

test('a new key that was written down before a crash is the one that is used later, and seals nothing until then (K7)', async () => {
  await start();
  const master = await setUp();
  await stop();
  const opened = await openInstallation(config(), outside);
  if (!opened.ok) throw new Error(opened.refusal.line);
  const next = `2:${Buffer.alloc(32, 5).toString('base64url')}`;
  opened.value.folder.write('sealing-key', `${next},${keyFile()}\n`);
  await opened.value.close();
  await start();
  const [key = ''] = await newKeys(master, 1);
  expect([numbersInUse(), await codeOf(key)]).toEqual([['1'], 'allowed']);
  expect((await done('replace_sealing_key'))[0]).toMatchObject({ number: '2', state: 'in_use' });
  expect([numbersInUse(), keyFile().startsWith(next)]).toEqual([['2'], true]);
  expect(await codeOf(key)).toBe('allowed');
});

test('an installation in which a crash left everything under the old key starts with both, and goes on (K7)', async () => {
  await start();
  const master = await setUp();
  await stop();
  const opened = await openInstallation(config(), outside);
  if (!opened.ok) throw new Error(opened.refusal.line);
  const { folder, sealer, change, clock, store } = opened.value;
  const keys = [{ number: 2, key: new Secret(Buffer.alloc(32, 5).toString('base64url')) }, ...sealer.keys()];
  folder.write('sealing-key', keys.map(({ number, key }) => `${number}:${key.reveal()}`).join(','));
  const other = createSealer(keys);
  const origin = {
    actor: { kind: 'operator' },
    ipAddress: null,
    userAgent: null,
    httpMethod: null,
    path: null,
    requestId: null,
  } satisfies Origin;
  const context = { accountId: null, origin, now: clock.now(), storable: clock.storable(), replay: null };
  await change<string, never>(context, async (to) =>
    ok(await to.sealing.replace({ number: 2, check: other.checkValue() })),
  );
  expect(await followSealingKey({ store, sealer, clock })).toBe('unknown');
  other.use(keys, 1);
  expect(await followSealingKey({ store, sealer: other, clock })).toBe('known');
  expect(other.numberInUse()).toBe(2);
  await opened.value.close();
  await start();
  expect([numbersInUse(), await codeOf(master)]).toEqual([['1'], 'allowed']);
  const [, former] = await done('sealing_key_status');
  expect(former).toEqual({ number: '1', state: 'former', rows_to_seal_anew: '3', may_be_forgotten: 'false' });
  expect(await done('forget_sealing_keys')).toHaveLength(1);
  expect([numbersInUse(), await codeOf(master)]).toEqual([['2'], 'allowed']);
  expect(sealingEvents()).toEqual(['sealing_key.replaced by operator', 'sealing_key.resealed by operator']);
});

test('a key that comes by setting is drawn for the operator to set, and used once it is set (K7)', async () => {
  const first = `1:${Buffer.alloc(32, 3).toString('base64url')}`;
  await start({ CLAVIGER_SEALING_KEY: first });
  const master = await setUp();
  const [told] = await done('replace_sealing_key', { CLAVIGER_SEALING_KEY: first });
  expect(told?.['key']).toMatch(/^2:[\w-]{43}$/);
  expect([numbersInUse(), existsSync(join(dataDir(), 'sealing-key'))]).toEqual([['1'], false]);
  await stop();
  const both = { CLAVIGER_SEALING_KEY: `${told?.['key']},${first}` };
  await start(both);
  expect((await done('replace_sealing_key', both))[0]).toMatchObject({ number: '2', state: 'in_use' });
  expect(await ask({ act: 'forget_sealing_keys' }, both)).toMatchObject({ ok: false, ending: 'conflict' });
  await stop();
  expect(await start({ CLAVIGER_SEALING_KEY: first })).toContain('sealing key');
  expect(await start({ CLAVIGER_SEALING_KEY: String(told?.['key']) })).toBeNull();
  expect(await codeOf(master)).toBe('allowed');
});

test('the mail of an invitation that was made before the replacement carries the link that works (K7, U2)', () =>
  withSamples(async (scene) => {
    const draft = await invitationDraft(scene);
    const before = await sampleOf(scene, 'before', draft);
    const sealer = scene.deps.sealer as Sealer;
    sealer.use([{ number: 2, key: new Secret(Buffer.alloc(32, 9).toString('base64url')) }, ...sealer.keys()], 2);
    expect((await sampleOf(scene, 'after', draft)).bytes.toString()).toBe(before.bytes.toString());
  }));
