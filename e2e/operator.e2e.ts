import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Claviger, runClaviger, startClaviger } from './support/claviger-process.ts';
import { makeTemporaryFolder } from './support/temporary-folder.ts';

let claviger: Claviger;
beforeAll(async () => {
  claviger = await startClaviger();
});
afterAll(async () => claviger?.delete());

const run = (...args: readonly string[]) =>
  runClaviger(args, {
    CLAVIGER_DATA_DIR: claviger.dataDir,
    CLAVIGER_LISTEN: `127.0.0.1:${claviger.ports.control}`,
    CLAVIGER_DATA_PLANE_LISTEN: `127.0.0.1:${claviger.ports.data}`,
    CLAVIGER_METRICS_LISTEN: `127.0.0.1:${claviger.ports.metrics}`,
  });
const create = (name: string) =>
  run(
    'accounts',
    'create',
    '--name',
    name,
    '--owner-email',
    `${name}@owners.example`,
    '--owner-name',
    'Owner',
    '--json',
  );

type Printed = Readonly<Record<string, string>>;
const printed = (output: string): readonly Printed[] => JSON.parse(output) as readonly Printed[];

async function post(url: string, body: unknown, headers = {}): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
}

/** Signs the Owner in by the printed link and answers with the secret of their master key. */
async function redeem(record: Printed | undefined): Promise<string> {
  const link = new URL(record?.['sign_in_link'] ?? '');
  expect([link.origin, link.pathname]).toEqual([claviger.control, '/sign-in-link']);
  const body = { token: link.hash.slice(1), password: 'correct horse battery' };
  const answer = await post(`${claviger.control}/v1/sign-in-links/redeem`, body);
  expect(answer.status).toBe(201);
  const { keys } = (await answer.json()) as { readonly keys: readonly { readonly secret: string }[] };
  return keys[0]?.secret ?? '';
}

async function codeOf(internalKey: string, key: string): Promise<string> {
  const question = { key, operation: 'query', resource: 'database:sales' };
  const headers = { authorization: `Bearer ${internalKey}` };
  const answer = await post(`${claviger.data}/v1/keys/verify`, question, headers);
  return ((await answer.json()) as { readonly code: string }).code;
}

test('the operator makes two accounts on a running server, and verifiers answer for the accounts they are bound to (T1)', async () => {
  const [acme, bolt] = [await create('acme'), await create('bolt')];
  expect([acme, bolt]).toMatchObject([{ code: 0, errors: '' }, { code: 0 }]);
  const [ofAcme, ofBolt] = [await redeem(printed(acme.output)[0]), await redeem(printed(bolt.output)[0])];
  const account = printed(bolt.output)[0]?.['account_id'] ?? '';
  const key = await run('internal-keys', 'create', '--purpose', 'verify', '--account', account, '--json');
  const second = printed(key.output)[0]?.['key'] ?? '';
  const first = claviger.verifierKey();
  expect(await Promise.all([codeOf(first, ofAcme), codeOf(first, ofBolt)])).toEqual(['allowed', 'not_found']);
  expect(await Promise.all([codeOf(second, ofAcme), codeOf(second, ofBolt)])).toEqual(['not_found', 'allowed']);
  const listed = await run('internal-keys', 'list');
  expect(listed.output).toContain(account);
  for (const secret of [ofAcme, second, new URL(printed(acme.output)[0]?.['sign_in_link'] ?? '').hash.slice(1)]) {
    expect(claviger.log() + listed.output).not.toContain(secret);
  }
});

test('commands say what is wrong and end by the table', async () => {
  expect(await run('accounts', 'create', '--name', 'x')).toMatchObject({ code: 2, output: '' });
  expect(await create('')).toMatchObject({ code: 2, output: '' });
  expect(await run('owner-link', 'acc_AAAAAAAAAAAAAAAAAAAA')).toMatchObject({ code: 3, output: '' });
  expect(await run('internal-keys', 'end', 'ikey_AAAAAAAAAAAA')).toMatchObject({ code: 3, output: '' });
  const taken = await create('acme');
  expect(taken).toMatchObject({ code: 5, output: '' });
  expect(taken.errors).toContain('acme@owners.example');
  const nowhere = makeTemporaryFolder('nowhere');
  expect(await run('accounts', 'list', '--data-dir', join(nowhere.path, 'x'))).toMatchObject({ code: 3, output: '' });
  nowhere.delete();
});

test('after a kill the commands work on the data, and the next start serves them again', async () => {
  await claviger.kill();
  const link = await run('owner-link', 'ACME@owners.example', '--json');
  expect(link).toMatchObject({ code: 0 });
  await claviger.restart();
  expect(await redeem(printed(link.output)[0])).toBe('');
  const listed = await run('accounts', 'list');
  expect(listed.output.match(/^owner_email +\S+$/gm)).toEqual([
    'owner_email   bolt@owners.example',
    'owner_email   acme@owners.example',
  ]);
});

test('a server that uses the folder and does not answer is told from one that is stopped', async () => {
  rmSync(join(claviger.dataDir, 'operator.sock'));
  const refused = await run('accounts', 'list');
  expect(refused).toMatchObject({ code: 7, output: '' });
  expect(refused.errors).toContain('operator.sock');
});
