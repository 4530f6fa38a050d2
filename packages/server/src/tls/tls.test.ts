import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { connect as connectPlain } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { DAY_MS, MINUTE_MS } from '@claviger/core';
import { openPostgres, openSqlite } from '@claviger/storage';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Clock, systemClock } from '../clock.ts';
import { parseConfig } from '../config.ts';
import type { Log } from '../logs.ts';
import { type Running, startServer } from '../start.ts';
import type { StartRefusal } from '../start-refusal.ts';
import { selfSigned, type SelfSigned } from './testing/self-signed.ts';

let parent = '';
let running: Running | null = null;
let lines: string[] = [];
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'claviger-tls-'));
  lines = [];
});
afterEach(async () => {
  await running?.stop();
  running = null;
  rmSync(parent, { recursive: true });
});

const certFile = (): string => join(parent, 'cert.pem');
const keyFile = (): string => join(parent, 'key.pem');
const inDays = (days: number): Date => new Date(Math.floor(systemClock().read().wall / 1000) * 1000 + days * DAY_MS);

function put(pair: SelfSigned): SelfSigned {
  writeFileSync(certFile(), pair.cert);
  writeFileSync(keyFile(), pair.key, { mode: 0o600 });
  return pair;
}

const keepLine = (about: unknown, text?: unknown): void => void lines.push(`${JSON.stringify(about)} ${String(text)}`);
const log: Log = { fatal: keepLine, error: keepLine, warn: keepLine, info: keepLine, debug: keepLine };

/** The machine's clock, whose timers the test lets come due. */
function clockOfTest(): { readonly clock: Clock; readonly pass: (ms: number) => void } {
  let due: { ms: number; callback: () => void }[] = [];
  const after = (ms: number, callback: () => void): (() => void) => {
    const timer = { ms, callback };
    due.push(timer);
    return () => {
      due = due.filter((other) => other !== timer);
    };
  };
  const pass = (ms: number): void => {
    const now = due.filter((timer) => timer.ms === ms);
    due = due.filter((timer) => timer.ms !== ms);
    for (const { callback } of now) callback();
  };
  return { clock: { read: () => systemClock().read(), after }, pass };
}

async function start(clock: Clock = systemClock(), more = {}): Promise<Running | StartRefusal> {
  const listeners = ['CLAVIGER_LISTEN', 'CLAVIGER_DATA_PLANE_LISTEN', 'CLAVIGER_METRICS_LISTEN'];
  const ports = Object.fromEntries(listeners.map((name) => [name, '127.0.0.1:0']));
  const files = { CLAVIGER_TLS_CERT: certFile(), CLAVIGER_TLS_KEY: keyFile() };
  const env = {
    CLAVIGER_DATA_DIR: join(parent, 'data'),
    CLAVIGER_SETUP_TOKEN: 'a-set-up-token-of-the-tests',
    ...ports,
    ...files,
    ...more,
  };
  const config = parseConfig({ env, readFile: () => '' }, {});
  if (!config.ok) throw new Error(config.refusal.join('; '));
  const engines = { sqlite: openSqlite, postgres: openPostgres };
  const outside = { engines, clock, log, say: keepSaid, isTerminal: false, memoryBytes: () => 1 };
  const started = await startServer(config.value, outside);
  if (!started.ok) return started.refusal;
  running = started.value;
  return started.value;
}
const keepSaid = (line: string): void => void lines.push(line);

async function started(clock?: Clock): Promise<Running> {
  const server = await start(clock);
  if ('line' in server) throw new Error(server.line);
  return server;
}

type Answer = { readonly status: number; readonly text: string; readonly headers: Readonly<Record<string, unknown>> };
type Call = { readonly method?: string; readonly body?: unknown; readonly agent?: Agent };

function call(port: number | undefined, path: string, ca: string, { method, body, agent }: Call = {}): Promise<Answer> {
  const sent = body === undefined ? '' : JSON.stringify(body);
  const headers = body === undefined ? {} : { 'content-type': 'application/json', 'content-length': sent.length };
  const options = { host: '127.0.0.1', ca, method: method ?? 'GET', path, headers };
  return new Promise((resolve, reject) => {
    const made = request({ ...options, ...(port === undefined ? {} : { port }), ...(agent && { agent }) }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part: string) => (text += part));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text, headers: answer.headers }));
    });
    made.on('error', reject);
    made.end(sent);
  });
}

const portsOf = (server: Running): readonly (number | undefined)[] =>
  [server.controlPlane, server.dataPlane, server.metrics].map((address) => address?.port);

/** Shakes hands and answers with the socket; rejects when it is refused. */
function shakeHands(port: number | undefined, options: object): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port: port ?? 0, ...options }, () => resolve(socket));
    socket.on('error', reject);
  });
}

test('every listener answers by TLS alone, and says https where it says where it is', async () => {
  const { cert } = put(selfSigned(inDays(90)));
  const server = await started();
  for (const port of portsOf(server)) {
    for (const path of ['/livez', '/readyz']) expect((await call(port, path, cert)).status).toBe(200);
    const trusting = selfSigned(inDays(90)).cert;
    await expect(call(port, '/livez', trusting)).rejects.toThrow(/self-signed/);
    await expect(fetch(`http://127.0.0.1:${port}/livez`)).rejects.toThrow();
    expect((await call(port, '/livez', cert)).status).toBe(200);
  }
  expect(lines.join('\n')).toContain(`https://127.0.0.1:${server.controlPlane?.port}`);
  expect(lines.join('\n')).toContain(`https://127.0.0.1:${server.dataPlane?.port}`);
  expect(lines.join('\n')).not.toContain('http://');
});

test('TLS 1.2 and 1.3 are spoken, nothing older', async () => {
  const { cert: ca } = put(selfSigned(inDays(90)));
  const server = await started();
  for (const port of portsOf(server)) {
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      const socket = await shakeHands(port, { ca, minVersion: version, maxVersion: version });
      expect(socket.getProtocol()).toBe(version);
      socket.destroy();
    }
    const old = { ca, minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' };
    await expect(shakeHands(port, old)).rejects.toThrow(/alert|version/i);
  }
});

test('the session goes into a cookie that browsers send by TLS to this host alone', async () => {
  const { cert } = put(selfSigned(inDays(90)));
  const server = await started();
  const port = server.controlPlane?.port;
  const owner = { email: 'olga@acme.example', name: 'Olga', password: 'correct horse battery' };
  const body = { token: 'a-set-up-token-of-the-tests', account: { name: 'Acme' }, owner };
  const answer = await call(port, '/v1/setup', cert, { method: 'POST', body });
  expect(answer.status).toBe(201);
  expect(String(answer.headers['set-cookie'])).toMatch(/^__Host-claviger=[\w-]+;.*; Secure/);
});

test('a new certificate holds from the next minute for new connections, and no old one is dropped', async () => {
  const old = put(selfSigned(inDays(90)));
  const { clock, pass } = clockOfTest();
  const server = await started(clock);
  const agents = portsOf(server).map(() => new Agent({ keepAlive: true, maxSockets: 1 }));
  const ask = (ca: string) =>
    Promise.all(portsOf(server).map((port, at) => call(port, '/livez', ca, { agent: agents[at] as Agent })));
  await ask(old.cert);
  const sockets = agents.map((agent) => Object.values(agent.freeSockets)[0]?.[0]);
  const renewed = put(selfSigned(inDays(180)));
  pass(MINUTE_MS);
  expect((await ask(old.cert)).map(({ status }) => status)).toEqual([200, 200, 200]);
  expect(agents.map((agent) => Object.values(agent.freeSockets)[0]?.[0])).toEqual(sockets);
  for (const port of portsOf(server)) {
    expect((await call(port, '/livez', renewed.cert)).status).toBe(200);
    await expect(call(port, '/livez', old.cert, { agent: new Agent() })).rejects.toThrow(/self-signed/);
  }
  for (const agent of agents) agent.destroy();
});

test('a broken pair is told of once while the old one is served, and a whole one is taken at once when asked', async () => {
  const old = put(selfSigned(inDays(90)));
  const { clock, pass } = clockOfTest();
  const server = await started(clock);
  const next = selfSigned(inDays(180));
  writeFileSync(certFile(), next.cert);
  pass(MINUTE_MS);
  pass(MINUTE_MS);
  const told = lines.filter((line) => line.includes('the old one is served'));
  expect(told).toEqual([expect.stringContaining(`the key in ${keyFile()} does not belong`)]);
  expect((await call(server.dataPlane?.port, '/livez', old.cert)).status).toBe(200);
  writeFileSync(keyFile(), next.key);
  server.renewCertificate();
  expect((await call(server.dataPlane?.port, '/livez', next.cert)).status).toBe(200);
});

test.each([
  { title: 'a certificate that is not there', break: () => rmSync(certFile()), says: 'cert.pem, which cannot be read' },
  { title: 'a key that is not there', break: () => rmSync(keyFile()), says: 'key.pem, which cannot be read' },
  { title: 'a certificate that is none', break: () => writeFileSync(certFile(), 'canary'), says: 'no certificate' },
  { title: 'a key that is none', break: () => writeFileSync(keyFile(), 'canary'), says: 'no private key' },
  {
    title: 'a key of another certificate',
    break: () => writeFileSync(keyFile(), selfSigned(inDays(1)).key),
    says: 'does not belong',
  },
])('$title is refused at the start in one line, and nothing is made', async (given) => {
  const { key } = put(selfSigned(inDays(90)));
  given.break();
  const refused = await start();
  if (!('line' in refused)) throw new Error('it started');
  expect(refused.exitCode).toBe(2);
  expect(refused.line).toContain(given.says);
  for (const leak of ['\n', 'canary', key.slice(40, 80)]) expect(refused.line).not.toContain(leak);
  put(selfSigned(inDays(90)));
  await started();
});

test('the end of the certificate is a metric, and a warning from 14 days before, each day again', async () => {
  const notAfter = inDays(15);
  const first = put(selfSigned(notAfter));
  const { clock, pass } = clockOfTest();
  const server = await started(clock);
  const metric = async (ca: string) => /^claviger_tls_\w+ (\d+)$/m.exec((await metrics(ca)).text)?.[1];
  const metrics = (ca: string) => call(server.metrics.port, '/metrics', ca);
  expect(await metric(first.cert)).toBe(String(notAfter.getTime() / 1000 + 1));
  const warnings = (): number => lines.filter((line) => line.includes('ends soon')).length;
  expect(warnings()).toBe(0);
  const nearer = inDays(13);
  const sooner = put(selfSigned(nearer));
  server.renewCertificate();
  expect(warnings()).toBe(1);
  pass(DAY_MS);
  expect(warnings()).toBe(2);
  expect(await metric(sooner.cert)).toBe(String(nearer.getTime() / 1000 + 1));
});

test('somebody who speaks no TLS gets no answer and harms nobody', async () => {
  const { cert } = put(selfSigned(inDays(90)));
  const server = await started();
  for (const port of portsOf(server)) {
    const got = await new Promise<string>((resolve) => {
      const socket = connectPlain(port ?? 0, '127.0.0.1', () => socket.write('GET /livez HTTP/1.1\r\nHost: x\r\n\r\n'));
      let text = '';
      socket.setEncoding('latin1').on('data', (part: string) => (text += part));
      socket.on('error', () => undefined);
      socket.on('close', () => resolve(text));
    });
    expect(got).not.toContain('HTTP/1.1 200');
    expect((await call(port, '/livez', cert)).status).toBe(200);
  }
  expect(lines.filter((line) => line.includes('failed'))).toEqual([]);
});
