import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const CLAVIGER = join(import.meta.dirname, '../../../packages/cli/src/main.ts');
const SETUP_TOKEN = 'a-set-up-token-of-the-bench';

/** A whole server in a process of its own, with an Owner who is signed in. */
export type BenchInstallation = {
  readonly pid: number;
  /** Calls the management API as the Owner; throws on a refusal. */
  readonly call: <T>(method: string, path: string, body?: unknown) => Promise<T>;
  /** Asks the data plane for a decision; answers with its code. */
  readonly verify: (key: string) => Promise<string>;
  /** Bytes of the embedded database with its log; 0 where there is none. */
  readonly databaseBytes: () => number;
  close(): Promise<void>;
};

/** Starts one on an empty folder, or on an empty database when a URL is given. */
export async function startInstallation(databaseUrl: string | null): Promise<BenchInstallation> {
  const folder = mkdtempSync(join(tmpdir(), 'claviger-bench-'));
  const [control, data, metrics] = await Promise.all([freePort(), freePort(), freePort()]);
  const child = spawn(process.execPath, [CLAVIGER, 'serve'], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...process.env,
      CLAVIGER_DATA_DIR: join(folder, 'data'),
      CLAVIGER_LISTEN: `127.0.0.1:${control}`,
      CLAVIGER_DATA_PLANE_LISTEN: `127.0.0.1:${data}`,
      CLAVIGER_METRICS_LISTEN: `127.0.0.1:${metrics}`,
      CLAVIGER_SETUP_TOKEN: SETUP_TOKEN,
      ...(databaseUrl === null ? {} : { DATABASE_URL: databaseUrl, CLAVIGER_SEALING_KEY: `1:${'A'.repeat(43)}` }),
    },
  });
  await ready(`http://127.0.0.1:${metrics}/readyz`, child);
  const origin = `http://127.0.0.1:${control}`;
  const cookie = await setUp(origin);
  const verifierKey = readFileSync(join(folder, 'data/verifier.key'), 'utf8').trim();
  return {
    pid: child.pid ?? 0,
    call: (method, path, body) => call(`${origin}${path}`, { method, headers: { cookie, origin }, body }),
    verify: async (key) => {
      const headers = { authorization: `Bearer ${verifierKey}` };
      const asked = { method: 'POST', headers, body: { key, authenticate_only: true } };
      return (await call<{ readonly code: string }>(`http://127.0.0.1:${data}/v1/keys/verify`, asked)).code;
    },
    databaseBytes: () =>
      ['claviger.db', 'claviger.db-wal'].reduce((sum, name) => sum + sizeOf(join(folder, 'data', name)), 0),
    close: async () => {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
      rmSync(folder, { recursive: true });
    },
  };
}

async function call<T>(
  url: string,
  request: { readonly method: string; readonly headers: Readonly<Record<string, string>>; readonly body: unknown },
): Promise<T> {
  const { method, headers, body } = request;
  const answer = await fetch(url, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${url} answered ${answer.status}: ${text}`);
  return JSON.parse(text) as T;
}

async function setUp(origin: string): Promise<string> {
  const owner = { email: 'olga@acme.example', name: 'Olga', password: 'a password of the bench' };
  const answer = await fetch(`${origin}/v1/setup`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token: SETUP_TOKEN, account: { name: 'Acme' }, owner }),
  });
  if (answer.status !== 201) throw new Error(`set-up answered ${answer.status}: ${await answer.text()}`);
  return (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
}

async function ready(url: string, child: ChildProcess): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error('the server ended before it was ready');
    const answer = await fetch(url).catch(() => null);
    if (answer?.status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
