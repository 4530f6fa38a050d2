import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { setDefaultCACertificates, type TLSSocket } from 'node:tls';
import { parseIpRange } from '@claviger/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sendOutbound } from './send-outbound.ts';
import { handTimers } from './testing/hand-timers.ts';
import { selfSigned } from './testing/self-signed.ts';

const HOST = 'hooks.acme.example';
let server: Server;
let port = 0;
const seen: (readonly [unknown, unknown])[] = [];
const own = selfSigned(HOST);
beforeAll(async () => {
  server = createServer({ cert: own.cert, key: own.key }, (request, response) => {
    seen.push([(request.socket as TLSSocket & { readonly servername: unknown }).servername, request.headers.host]);
    response.writeHead(204).end();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  port = (server.address() as AddressInfo).port;
});
afterAll(() => server.close());

function sendTo(host: string) {
  const allow = [parseIpRange('127.0.0.1')].filter((range) => range !== null);
  const resolve = async () => [{ address: '127.0.0.1', family: 4 }];
  const request = { method: 'POST', url: `https://${host}:${port}/`, headers: {}, body: '{}' } as const;
  return sendOutbound({ resolve, allow, clock: handTimers() }, request);
}

test('over TLS the name is asked for and must be proven, whatever address it led to (Q33)', async () => {
  const failed = { ok: false, refusal: { kind: 'connection-failed' } };
  expect(await sendTo(HOST)).toEqual(failed);
  setDefaultCACertificates([own.cert]);
  expect(await sendTo(HOST)).toMatchObject({ ok: true, value: { status: 204 } });
  expect(await sendTo('other.acme.example')).toEqual(failed);
  expect(await sendTo('127.0.0.1')).toEqual(failed);
  expect(seen).toEqual([[HOST, `${HOST}:${port}`]]);
});
