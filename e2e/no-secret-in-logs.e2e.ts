import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KeyWithSecretObject } from '@claviger/contract';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApi, keyOfKind, type Owner, OWNER_PASSWORD, secretOf, setUp } from './support/api-client.ts';
import { type Canary, filesBelow, findCanaries } from './support/canaries.ts';
import { type Claviger, SETUP_TOKEN, startClaviger } from './support/claviger-process.ts';
import { exchange } from './support/raw-connection.ts';
import { verifyOnce } from './support/verify-client.ts';

const IDEMPOTENCY_KEY = randomBytes(18).toString('base64url');
const WRONG_PASSWORD = 'wrong canary password zzz';

let claviger: Claviger;
let owner: Owner;
beforeAll(async () => {
  claviger = await startClaviger({ settings: { LOG_LEVEL: 'trace' } });
  owner = await setUp(claviger.control);
});
afterAll(() => claviger?.delete());

test('no secret reaches the log, the database, its write-ahead log, ended.log or any other file (K7, A3)', async () => {
  const canaries: Canary[] = [
    { name: 'the set-up token', text: SETUP_TOKEN },
    { name: 'the password', text: OWNER_PASSWORD },
    { name: 'the wrong password', text: WRONG_PASSWORD },
    { name: 'the idempotency key', text: IDEMPOTENCY_KEY },
    { name: 'the internal key', text: claviger.verifierKey(), belongsIn: 'verifier.key' },
    { name: 'the sealing key', text: sealingKey(), belongsIn: 'sealing-key' },
    { name: 'the session', text: owner.sessionToken },
    { name: 'the master key', text: secretOf(owner.master) },
    { name: 'the write-only key', text: secretOf(owner.writeOnly) },
    ...(await useMany()),
  ];
  const log = (): { place: string; bytes: Buffer } => ({ place: 'the log', bytes: Buffer.from(claviger.log()) });
  // The write-ahead log is there while the program runs, and gone when it has ended.
  expect(findCanaries(canaries, [log(), ...filesBelow(claviger.dataDir)])).toEqual([]);
  await claviger.stop();
  expect(findCanaries(canaries, [log(), ...filesBelow(claviger.dataDir)])).toEqual([]);
});

test('the search would find a secret in any of its shapes', () => {
  const secret = secretOf(owner.master);
  const canaries = [{ name: 'it', text: secret }];
  const shapes = [
    secret,
    Buffer.from(secret).toString('base64'),
    Buffer.from(secret).toString('hex'),
    secret.slice(30, 41),
  ];
  for (const shape of shapes) {
    expect(findCanaries(canaries, [{ place: 'there', bytes: Buffer.from(`x ${shape} y`) }])).toEqual(['it in there']);
  }
  expect(findCanaries(canaries, [{ place: 'there', bytes: Buffer.from(owner.master.hint) }])).toEqual([]);
});

function sealingKey(): string {
  return readFileSync(join(claviger.dataDir, 'sealing-key'), 'utf8').trim().replace(/^\d+:/, '');
}

/** Shows secrets in every place where a client may show them, right and wrong; answers with those it made. */
async function useMany(): Promise<readonly Canary[]> {
  const made: Canary[] = [];
  const { api } = owner;
  for (let index = 0; index < 20; index += 1) {
    const body = { kind: index % 2 === 0 ? 'master' : 'write_only', name: `Key ${index}` };
    const headers = { 'idempotency-key': `${IDEMPOTENCY_KEY}-${index}` };
    const key = await api.must<KeyWithSecretObject>('POST', '/v1/keys', { body, headers });
    await api.must('POST', '/v1/keys', { body, headers });
    const rotated = await api.must<KeyWithSecretObject>('POST', `/v1/keys/${key.id}/rotate`, {
      body: { overlap_seconds: 60 },
    });
    made.push({ name: `key ${index}`, text: secretOf(key) }, { name: `rotated key ${index}`, text: secretOf(rotated) });
    await showAround(secretOf(index % 3 === 0 ? key : rotated));
    if (index % 4 === 0) await api.must('POST', `/v1/keys/${key.id}/force-expire`, { body: { reason: 'other' } });
  }
  const service = { name: 'Service', service_account: true };
  const { keys } = await api.must<{ keys: KeyWithSecretObject[] }>('POST', '/v1/users', { body: service });
  const leaked = secretOf(keyOfKind(keys, 'master'));
  await createApi(claviger.control, {}).call('POST', '/v1/keys/self-revoke', { body: { key: leaked } });
  await createApi(claviger.control, { origin: claviger.control }).call('POST', '/v1/sessions', {
    body: { email: 'owner@system.example', password: WRONG_PASSWORD },
  });
  await createApi(claviger.control, {}).call('POST', '/v1/setup', {
    body: { token: SETUP_TOKEN, password: OWNER_PASSWORD },
  });
  return [...made, { name: 'the leaked key', text: leaked }];
}

/** One secret in headers, targets, bodies and broken requests, on both listeners. */
async function showAround(secret: string): Promise<void> {
  const { control, data } = claviger.ports;
  const cut = secret.slice(0, -1);
  await verifyOnce(claviger, { key: secret, authenticate_only: true });
  await verifyOnce(claviger, { key: cut, authenticate_only: true });
  for (const port of [control, data]) {
    const host = `Host: x\r\nConnection: close\r\n`;
    const body = JSON.stringify({ key: secret, [secret]: secret, nonsense: [secret] });
    const length = `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n`;
    for (const request of [
      `GET /v1/keys/${secret} HTTP/1.1\r\n${host}User-Agent: ${secret}\r\nAuthorization: Bearer ${secret}\r\n\r\n`,
      `GET /v1/me?write_key=${secret}&q=${secret} HTTP/1.1\r\n${host}X-Api-Key: ${secret}\r\nReferer: http://x/${secret}\r\n\r\n`,
      `GET /${secret} HTTP/1.1\r\n${host}Authorization: Basic ${secret}\r\nCookie: claviger=${secret}\r\n\r\n`,
      `GET /v1/authz/nginx HTTP/1.1\r\n${host}X-Original-Method: GET\r\nX-Original-URI: /v1/${secret}?k=${secret}\r\nX-Api-Key: ${secret}\r\n\r\n`,
      `POST /v1/keys/verify HTTP/1.1\r\n${host}Authorization: Bearer ${secret}\r\n${length}\r\n${body}`,
      `POST /v1/keys/self-revoke HTTP/1.1\r\n${host}${length}\r\n${body}`,
      `POST /v1/sessions HTTP/1.1\r\n${host}Idempotency-Key: ${secret}\r\n${length}\r\n${body}`,
      `GET /\x01${secret} HTTP/1.1\r\n${host}\r\n`,
      `${secret} / HTTP/1.1\r\n${host}\r\n`,
    ])
      await exchange(port, request);
  }
}
