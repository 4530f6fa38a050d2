import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync, readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { OperatorAnswer, OperatorRequest } from '@claviger/contract';
import { openPostgres, openSqlite } from '@claviger/storage';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../clock.ts';
import { parseConfig } from '../config.ts';
import { openLog } from '../logs.ts';
import { type Running, startServer } from '../start.ts';
import { askOperator } from './ask-operator.ts';
import { askSocket } from './ask-socket.ts';

let parent = '';
let running: Running | null = null;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'claviger-op-'));
});
afterEach(async () => {
  await running?.stop();
  running = null;
  rmSync(parent, { recursive: true });
});

const dataDir = (): string => join(parent, 'data');
const socketFile = (): string => join(dataDir(), 'operator.sock');
const LISTENERS = ['CLAVIGER_LISTEN', 'CLAVIGER_DATA_PLANE_LISTEN', 'CLAVIGER_METRICS_LISTEN'];
const outside = {
  engines: { sqlite: openSqlite, postgres: openPostgres },
  clock: systemClock(),
  log: openLog('silent'),
};

function config() {
  const ports = Object.fromEntries(LISTENERS.map((name) => [name, '127.0.0.1:0']));
  const env = { CLAVIGER_DATA_DIR: dataDir(), CLAVIGER_PUBLIC_URL: 'https://keys.example', ...ports };
  const parsed = parseConfig({ env, readFile: () => '' }, {});
  if (!parsed.ok) throw new Error(parsed.refusal.join('; '));
  return parsed.value;
}

async function start(): Promise<Running> {
  const server = await startServer(config(), {
    ...outside,
    say: () => undefined,
    isTerminal: false,
    memoryBytes: () => 1,
  });
  if (!server.ok) throw new Error(server.refusal.line);
  running = server.value;
  return server.value;
}

async function stop(): Promise<void> {
  await running?.stop();
  running = null;
}

const ask = (asked: OperatorRequest): Promise<OperatorAnswer> => askOperator(config(), outside, asked);

/** The one record of an answer that must be a success. */
async function done(asked: OperatorRequest): Promise<Readonly<Record<string, string>>> {
  const answer = await ask(asked);
  if (!answer.ok) throw new Error(answer.line);
  return Object.fromEntries(Object.entries(answer.records[0] ?? {}).map(([name, value]) => [name, value ?? '']));
}

async function refused(asked: OperatorRequest): Promise<string> {
  const answer = await ask(asked);
  if (answer.ok) throw new Error('it was done');
  expect(answer.line).not.toContain('\n');
  return answer.ending;
}

const accountOf = (name: string) =>
  ({
    act: 'create_account',
    name,
    owner_email: `owner@${name.toLowerCase()}.example`,
    owner_name: `Owner of ${name}`,
  }) as const;

async function post(address: AddressInfo | null, path: string, body: unknown, headers = {}): Promise<Response> {
  return fetch(`http://127.0.0.1:${address?.port}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
}

type Redeemed = {
  readonly account: { readonly id: string };
  readonly user: { readonly id: string; readonly user_type: string };
  readonly keys: readonly { readonly kind: string; readonly secret: string }[];
};

/** Uses the link of an operator's record. */
async function redeem(record: Readonly<Record<string, string>>): Promise<Redeemed> {
  const token = new URL(record['sign_in_link'] ?? '').hash.slice(1);
  const answer = await post(running?.controlPlane ?? null, '/v1/sign-in-links/redeem', {
    token,
    password: 'correct horse battery',
  });
  expect(answer.status).toBe(201);
  expect(answer.headers.get('set-cookie')).toContain('HttpOnly');
  return (await answer.json()) as Redeemed;
}

async function verify(internalKey: string, key: string): Promise<string> {
  const question = { key, operation: 'query', resource: 'database:sales' };
  const headers = { authorization: `Bearer ${internalKey}` };
  const answer = await post(running?.dataPlane ?? null, '/v1/keys/verify', question, headers);
  const body = (await answer.json()) as { readonly code: string };
  return body.code;
}

test('two accounts made by the operator do not know of each other, and internal keys answer for theirs alone (T1, K11)', async () => {
  const server = await start();
  const acme = await redeem(await done(accountOf('Acme')));
  const made = await done(accountOf('Bolt'));
  const bolt = await redeem(made);
  expect([acme.user.user_type, acme.keys.map(({ kind }) => kind)]).toEqual(['owner', ['master', 'write_only']]);
  const [ofAcme, ofBolt] = [acme.keys[0]?.secret ?? '', bolt.keys[0]?.secret ?? ''];

  const first = readFileSync(join(dataDir(), 'verifier.key'), 'utf8').trim();
  expect([await verify(first, ofAcme), await verify(first, ofBolt)]).toEqual(['allowed', 'not_found']);

  const account = made['account_id'] ?? '';
  const second = await done({ act: 'create_internal_key', purpose: 'verify', account_ids: [account] });
  const text = second['key'] ?? '';
  expect([await verify(text, ofAcme), await verify(text, ofBolt)]).toEqual(['not_found', 'allowed']);
  const id = second['id'] ?? '';
  await done({ act: 'bind_internal_key', id, account_id: acme.account.id });
  expect(await verify(text, ofAcme)).toBe('allowed');
  await done({ act: 'end_internal_key', id });
  expect(await verify(text, ofBolt)).toBe('internal_key_required');

  const list = async (key: string, path: string) => {
    const headers = { authorization: `Bearer ${key}` };
    return (await fetch(`http://127.0.0.1:${server.controlPlane?.port}${path}`, { headers })).text();
  };
  for (const path of ['/v1/users', '/v1/keys', '/v1/audit-events?limit=100', '/v1/me', `/v1/users/${bolt.user.id}`]) {
    const text = await list(ofAcme, path);
    for (const foreign of [bolt.account.id, bolt.user.id, 'bolt']) expect(text.toLowerCase()).not.toContain(foreign);
  }
});

test('the first account made by the operator ends set-up, as set-up would (T2)', async () => {
  const server = await start();
  const link = new URL(readFileSync(join(dataDir(), 'setup-link'), 'utf8').trim());
  await done(accountOf('Acme'));
  expect(existsSync(join(dataDir(), 'setup-link'))).toBe(false);
  const owner = { email: 'a@b.example', name: 'A', password: 'correct horse battery' };
  const body = { token: link.hash.slice(1), account: { name: 'Late' }, owner };
  expect((await post(server.controlPlane, '/v1/setup', body)).status).toBe(409);
});

test('on a stopped server the same commands work on its data (T1)', async () => {
  await start();
  const made = await done(accountOf('Acme'));
  await stop();
  expect(existsSync(socketFile())).toBe(false);
  const again = await done({ act: 'create_owner_link', of: made['account_id'] ?? '' });
  expect(again['sign_in_link']).toMatch(/^https:\/\/keys\.example\/sign-in-link#[\w-]{43}$/);
  expect(await done({ act: 'list_accounts' })).toMatchObject({
    account_name: 'Acme',
    owner_email: 'owner@acme.example',
  });
  await start();
  expect((await redeem(again)).keys).toHaveLength(2);
});

test('lists that keep the Owner out are lifted by the operator: they are kept, and monitor from then on (I5, I7)', async () => {
  const server = await start();
  const made = await done(accountOf('Acme'));
  const { account, user, keys } = await redeem(made);
  const verifyKey = readFileSync(join(dataDir(), 'verifier.key'), 'utf8').trim();
  const credentials = { email: 'owner@acme.example', password: 'correct horse battery' };
  const signIn = () => post(server.controlPlane, '/v1/sessions', credentials);
  const cookie = ((await signIn()).headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  const call = async (method: string, path: string, body: unknown = null) => {
    const headers = { cookie, origin: 'https://keys.example', 'content-type': 'application/json' };
    const url = `http://127.0.0.1:${server.controlPlane?.port}${path}`;
    return fetch(url, { method, headers, ...(body === null ? {} : { body: JSON.stringify(body) }) });
  };
  const elsewhere = { entries: [{ cidr: '192.0.2.0/24', scope: 'all' }], confirm_lockout: true };
  expect((await call('PUT', `/v1/users/${user.id}/ip-allowlist`, { entries: [] })).status).toBe(200);
  expect((await call('PUT', '/v1/ip-allowlist', elsewhere)).status).toBe(200);
  expect([(await call('GET', '/v1/me')).status, (await signIn()).status]).toEqual([403, 403]);
  expect(await verify(verifyKey, keys[0]?.secret ?? '')).toBe('ip_not_allowed');

  const act = { act: 'lift_ip_allowlist', account_id: account.id } as const;
  const lifted = {
    account_id: account.id,
    account_ip_allowlist: 'monitor',
    owner_id: user.id,
    owner_ip_allowlist: 'monitor',
  };
  expect(await done(act)).toEqual(lifted);
  expect(await done(act)).toEqual(lifted);
  expect([(await call('GET', '/v1/me')).status, (await signIn()).status]).toEqual([200, 201]);
  expect(await verify(verifyKey, keys[0]?.secret ?? '')).toBe('allowed');
  const kept = await (await call('GET', '/v1/ip-allowlist')).json();
  expect(kept).toMatchObject({ mode: 'monitor', entries: [{ cidr: '192.0.2.0/24' }] });
  const { data } = (await (await call('GET', '/v1/audit-events?event_name=ip_allowlist.changed')).json()) as {
    readonly data: readonly { readonly actor: { readonly kind: string } }[];
  };
  expect(data.map(({ actor }) => actor.kind)).toEqual(['operator', 'operator', 'user', 'user']);
  expect(await refused({ act: 'lift_ip_allowlist', account_id: 'acc_AAAAAAAAAAAAAAAAAAAA' })).toBe('not_found');
  expect(await refused({ act: 'lift_ip_allowlist', account_id: 'olga' })).toBe('not_found');
});

test('every act is an event by the operator, and no token or key text is kept (A1, A3)', async () => {
  await start();
  const made = await done(accountOf('Acme'));
  const key = await done({ act: 'create_internal_key', purpose: 'verify', account_ids: [made['account_id'] ?? ''] });
  await done({ act: 'create_owner_link', of: 'OWNER@acme.example' });
  await done({ act: 'end_internal_key', id: key['id'] ?? '' });
  await stop();
  const database = new DatabaseSync(join(dataDir(), 'claviger.db'), { readOnly: true });
  const events = database.prepare("select event_name from audit_events where actor like '%operator%' order by version");
  expect(events.all().map((event) => event['event_name'])).toEqual([
    'account.created',
    'user.created',
    'internal_key.bound',
    'sign_in_link.created',
    'internal_key.created',
    'sign_in_link.created',
    'internal_key.ended',
  ]);
  database.close();
  const bytes = readFileSync(join(dataDir(), 'claviger.db'), 'latin1');
  const token = new URL(made['sign_in_link'] ?? '').hash.slice(1);
  for (const secret of [token, key['key'] ?? '']) {
    expect(secret.length).toBeGreaterThan(40);
    expect(bytes).not.toContain(secret);
  }
});

test('what is not there or in the way is said, and how the program ends (T3)', async () => {
  await start();
  const made = await done(accountOf('Acme'));
  const account = made['account_id'] ?? '';
  const key = await done({ act: 'create_internal_key', purpose: 'feed', account_ids: [account] });
  const id = key['id'] ?? '';
  await done({ act: 'end_internal_key', id });
  expect(await refused(accountOf('Acme'))).toBe('conflict');
  expect(await refused({ act: 'create_owner_link', of: 'acc_AAAAAAAAAAAAAAAAAAAA' })).toBe('not_found');
  expect(await refused({ act: 'create_owner_link', of: 'nobody@acme.example' })).toBe('not_found');
  expect(await refused({ act: 'create_internal_key', purpose: 'verify', account_ids: ['acc_x'] })).toBe('not_found');
  expect(await refused({ act: 'bind_internal_key', id: 'ikey_AAAAAAAAAAAA', account_id: account })).toBe('not_found');
  expect(await refused({ act: 'bind_internal_key', id, account_id: account })).toBe('conflict');
  expect(await refused({ act: 'end_internal_key', id: 'nothing' })).toBe('not_found');
  const bad = { act: 'create_account', name: '', owner_email: 'x', owner_name: 'x' } as const;
  expect(await refused(bad)).toBe('wrong_use');
  expect((await ask({ act: 'list_accounts' })).ok).toBe(true);
});

test('the socket is for its owner only, and one that a killed server left behind is replaced', async () => {
  await start();
  expect(statSync(socketFile()).mode & 0o777).toBe(0o600);
  await stop();
  writeFileSync(socketFile(), '');
  expect(await askSocket(socketFile(), { act: 'list_accounts' })).toBeNull();
  await start();
  expect(await askSocket(socketFile(), { act: 'list_accounts' })).toEqual({ ok: true, records: [] });
});

test('a folder without an installation stays as it is, and one in use without a socket is refused', async () => {
  expect(await refused({ act: 'list_accounts' })).toBe('not_found');
  expect(existsSync(dataDir())).toBe(false);
  await start();
  rmSync(socketFile());
  expect(await refused({ act: 'list_accounts' })).toBe('unreachable');
});

test('a folder whose path is too long for a socket is served all the same; its commands work while it is stopped', async () => {
  rmSync(parent, { recursive: true });
  parent = join(tmpdir(), `claviger-op-${'long'.repeat(25)}`);
  mkdirSync(parent);
  await start();
  expect(existsSync(socketFile())).toBe(false);
  expect(await refused(accountOf('Acme'))).toBe('unreachable');
  await stop();
  await done(accountOf('Acme'));
});
