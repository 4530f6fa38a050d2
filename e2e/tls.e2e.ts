import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { freePorts } from './support/free-ports.ts';
import { outputOf, type Program, runProgram, startProgram } from './support/program.ts';
import { CHECKOUT, runClaviger, SETUP_TOKEN } from './support/claviger-process.ts';
import { makeTemporaryFolder } from './support/temporary-folder.ts';
import { until } from './support/until.ts';

const folder = makeTemporaryFolder('tls');
const data = makeTemporaryFolder('tls-data');
const certFile = join(folder.path, 'cert.pem');
const keyFile = join(folder.path, 'key.pem');
let program: Program | null = null;
afterEach(async () => {
  await program?.stop();
  folder.delete();
  data.delete();
});

/** A certificate as an operator makes one, written in place. */
async function makeCertificate(into: { readonly cert: string; readonly key: string }): Promise<void> {
  const subject = ['-subj', '/CN=claviger', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const made = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '30'];
  const args = ['req', '-x509', ...made, ...subject, '-out', into.cert, '-keyout', into.key];
  await outputOf({ name: 'openssl', command: 'openssl', args });
}

/** What curl gets, trusting one certificate and nothing else; null when it refuses to go on. */
async function curl(url: string, trusted: string, ...args: readonly string[]): Promise<string | null> {
  const options = ['--silent', '--show-error', '--cacert', trusted, ...args, url];
  const run = await runProgram({ name: 'curl', command: 'curl', args: options });
  return run.code === 0 ? run.output : null;
}

test('a server with a certificate is used by https alone, and takes a new one at SIGHUP', {
  timeout: 60_000,
}, async () => {
  await makeCertificate({ cert: certFile, key: keyFile });
  const [control = 0, verify = 0, metrics = 0] = await freePorts(3);
  const settings = {
    CLAVIGER_DATA_DIR: data.path,
    CLAVIGER_LISTEN: `0.0.0.0:${control}`,
    CLAVIGER_DATA_PLANE_LISTEN: `0.0.0.0:${verify}`,
    CLAVIGER_METRICS_LISTEN: `127.0.0.1:${metrics}`,
    CLAVIGER_PUBLIC_URL: `https://127.0.0.1:${control}`,
    CLAVIGER_SETUP_TOKEN: SETUP_TOKEN,
    CLAVIGER_TLS_CERT: certFile,
    CLAVIGER_TLS_KEY: keyFile,
  };
  const main = join(CHECKOUT, 'packages/cli/src/main.ts');
  const claviger = startProgram({ name: 'claviger', command: process.execPath, args: [main, 'serve'], env: settings });
  program = claviger;
  const ports = [control, verify, metrics];
  const ready = (trusted: string) =>
    Promise.all(ports.map((port) => curl(`https://127.0.0.1:${port}/readyz`, trusted, '--fail')));
  await until('claviger is ready by https', async () => {
    if (!claviger.isRunning()) throw new Error(claviger.errors());
    return (await ready(certFile)).every((answer) => answer !== null);
  });
  for (const port of ports) await expect(fetch(`http://127.0.0.1:${port}/readyz`)).rejects.toThrow();

  const owner = { email: 'olga@acme.example', name: 'Olga', password: 'correct horse battery' };
  const body = JSON.stringify({ token: SETUP_TOKEN, account: { name: 'Acme' }, owner });
  const made = await curl(`https://127.0.0.1:${control}/v1/setup`, certFile, '--include', '--json', body);
  expect(made).toMatch(/^HTTP\/1\.1 201/);
  expect(made).toMatch(/^set-cookie: __Host-claviger=.*; Secure/im);
  const accounts = await runClaviger(['accounts', 'list'], settings);
  expect([accounts.code, accounts.output.includes('olga@acme.example')]).toEqual([0, true]);

  const former = join(folder.path, 'former.pem');
  await outputOf({ name: 'cp', command: 'cp', args: [certFile, former] });
  writeFileSync(keyFile, 'half written');
  claviger.signal('SIGHUP');
  await until('the broken pair is told of', async () => claviger.errors().includes('the old one is served'));
  expect((await ready(former)).every((answer) => answer !== null)).toBe(true);
  await makeCertificate({ cert: certFile, key: keyFile });
  claviger.signal('SIGHUP');
  await until('the new one is served', async () => (await ready(certFile)).every((answer) => answer !== null));
  expect(await ready(former)).toEqual([null, null, null]);
  expect(await claviger.stop()).toEqual({ code: 0, signal: null });
});
