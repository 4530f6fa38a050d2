import { spawn } from 'node:child_process';
import { OUTBOUND_ANSWER_BYTES_LARGEST, OUTBOUND_LONGEST_MS, parseIpRange } from '@claviger/core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type OutboundDeps, type OutboundRequest, resolveBySystem, sendOutbound } from './send-outbound.ts';
import { type HandTimers, handTimers } from './testing/hand-timers.ts';
import { hang, openReceiver, type Receiver, status } from './testing/receiver.ts';

let receiver: Receiver;
let timers: HandTimers;
beforeEach(async () => {
  receiver = await openReceiver();
  timers = handTimers();
});
afterEach(() => receiver.close());

const LOOPBACK = [parseIpRange('127.0.0.0/8')].filter((range) => range !== null);

function depsOf(rest: Partial<OutboundDeps> = {}): OutboundDeps {
  return { resolve: resolveBySystem, allow: LOOPBACK, clock: timers, ...rest };
}

function requestTo(url: string): OutboundRequest {
  return { method: 'POST', url, headers: { 'x-test': 'yes' }, body: '{"a":"ü"}' };
}

const resolvingTo =
  (...addresses: readonly string[]) =>
  async () =>
    addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));

test('a request arrives as it was meant, and its answer comes back', async () => {
  receiver.reply = (response) => response.writeHead(202, { 'x-back': '1' }).end('thanks');
  const outcome = await sendOutbound(depsOf(), requestTo(`${receiver.url}hooks?x=1`));
  expect(outcome).toMatchObject({ ok: true, value: { status: 202, isWhole: true, headers: { 'x-back': '1' } } });
  expect(outcome.ok && outcome.value.body.toString()).toBe('thanks');
  expect(receiver.received).toMatchObject([
    { method: 'POST', path: '/hooks?x=1', body: '{"a":"ü"}', headers: { 'x-test': 'yes', 'content-length': '10' } },
  ]);
  expect(timers.set()).toBe(0);
});

test('a name keeps its Host header when the connection goes to an address that was looked at', async () => {
  const deps = depsOf({ resolve: resolvingTo('127.0.0.1') });
  const outcome = await sendOutbound(deps, requestTo(`http://receiver.internal:${receiver.port}/`));
  expect(outcome.ok).toBe(true);
  expect(receiver.received[0]?.headers.host).toBe(`receiver.internal:${receiver.port}`);
});

test('without leave there is no connection, to an address or to a name that leads to one (Q33)', async () => {
  const closed = depsOf({ allow: [], resolve: resolvingTo('127.0.0.1', '::1', '::ffff:127.0.0.1') });
  for (const host of ['127.0.0.1', '2130706433', '0x7f.1', '[::ffff:127.0.0.1]', 'hooks.example']) {
    const outcome = await sendOutbound(closed, requestTo(`https://${host}:${receiver.port}/`));
    expect(outcome).toEqual({ ok: false, refusal: { kind: 'address-not-allowed' } });
  }
  expect(await sendOutbound(closed, requestTo(receiver.url))).toMatchObject({ refusal: { kind: 'url-not-allowed' } });
  expect(receiver.connections()).toBe(0);
});

test('the real resolver leads localhost nowhere without leave (Q33)', async () => {
  const outcome = await sendOutbound(depsOf({ allow: [] }), requestTo(`https://localhost:${receiver.port}/`));
  expect(outcome).toEqual({ ok: false, refusal: { kind: 'address-not-allowed' } });
  expect(receiver.connections()).toBe(0);
});

test('a name that changes its mind after it was looked at leads nowhere else: it is asked once (Q33)', async () => {
  const elsewhere = await openReceiver('127.0.0.2');
  try {
    let asked = 0;
    const resolve = async () => {
      asked += 1;
      return [{ address: asked === 1 ? '127.0.0.1' : '127.0.0.2', family: 4 }];
    };
    const outcome = await sendOutbound(depsOf({ resolve }), requestTo(`http://rebinding.example:${receiver.port}/`));
    expect([outcome.ok, asked, receiver.connections(), elsewhere.connections()]).toEqual([true, 1, 1, 0]);
  } finally {
    await elsewhere.close();
  }
});

test('of several addresses only those are tried that may be reached (Q33)', async () => {
  const only = [parseIpRange('127.0.0.2')].filter((range) => range !== null);
  const deps = depsOf({ allow: only, resolve: resolvingTo('127.0.0.1', '127.0.0.2') });
  const outcome = await sendOutbound(deps, requestTo(`http://two.example:${receiver.port}/`));
  expect(outcome).toEqual({ ok: false, refusal: { kind: 'connection-failed' } });
  expect(receiver.connections()).toBe(0);
});

test('plain http goes to no address that the operator has not named, though it be public (Q33)', async () => {
  const deps = depsOf({ resolve: resolvingTo('8.8.8.8') });
  expect(await sendOutbound(deps, requestTo('http://hooks.example/'))).toEqual({
    ok: false,
    refusal: { kind: 'address-not-allowed' },
  });
});

test('a redirect is an answer: nothing follows it (Q33)', async () => {
  const target = await openReceiver();
  try {
    for (const code of [301, 302, 303, 307, 308]) {
      receiver.reply = status(code, { location: target.url });
      const outcome = await sendOutbound(depsOf(), requestTo(receiver.url));
      expect(outcome).toMatchObject({ ok: true, value: { status: code } });
    }
    expect(target.connections()).toBe(0);
  } finally {
    await target.close();
  }
});

test('of a huge answer 64 KiB are read', async () => {
  receiver.reply = (response) => response.writeHead(200).end(Buffer.alloc(10_000_000, 'x'));
  const outcome = await sendOutbound(depsOf(), requestTo(receiver.url));
  expect(outcome).toMatchObject({ ok: true, value: { status: 200, isWhole: false } });
  expect(outcome.ok && outcome.value.body.length).toBe(OUTBOUND_ANSWER_BYTES_LARGEST);
});

test('15 seconds are enough for everything: name, connection, answer', async () => {
  receiver.reply = () => timers.pass(OUTBOUND_LONGEST_MS);
  expect(await sendOutbound(depsOf(), requestTo(receiver.url))).toEqual({
    ok: false,
    refusal: { kind: 'timed-out' },
  });
  const noAnswer = new Promise<never>(() => undefined);
  const asking = sendOutbound(depsOf({ resolve: () => noAnswer }), requestTo('https://slow.example/'));
  timers.pass(OUTBOUND_LONGEST_MS - 1);
  expect(timers.set()).toBe(1);
  timers.pass(1);
  expect(await asking).toEqual({ ok: false, refusal: { kind: 'timed-out' } });
});

test('an answer whose body breaks off counts by its status, and says that it is not whole', async () => {
  receiver.reply = (response) => {
    response.writeHead(200, { 'content-length': '100' }).write('begun', () => response.socket?.destroy());
  };
  const outcome = await sendOutbound(depsOf(), requestTo(receiver.url));
  expect(outcome).toMatchObject({ ok: true, value: { status: 200, isWhole: false } });
  expect(outcome.ok && outcome.value.body.toString()).toBe('begun');
});

test('a server that stops breaks off what is under way', async () => {
  const stopping = new AbortController();
  receiver.reply = (response, received) => {
    hang(response, received);
    stopping.abort();
  };
  const request = { ...requestTo(receiver.url), signal: stopping.signal };
  const stopped = { ok: false, refusal: { kind: 'stopped' } };
  expect(await sendOutbound(depsOf(), request)).toEqual(stopped);
  expect(await sendOutbound(depsOf(), request)).toEqual(stopped);
  expect(receiver.received.length).toBe(1);
});

test('a name that is not there, a port that nobody has and a connection that breaks are failures', async () => {
  const resolve = async () => {
    throw new Error('ENOTFOUND');
  };
  expect(await sendOutbound(depsOf({ resolve }), requestTo('https://nowhere.example/'))).toMatchObject({
    refusal: { kind: 'name-not-found' },
  });
  receiver.reply = (response) => response.socket?.destroy();
  expect(await sendOutbound(depsOf(), requestTo(receiver.url))).toMatchObject({
    refusal: { kind: 'connection-failed' },
  });
  const closed = await openReceiver();
  await closed.close();
  expect(await sendOutbound(depsOf(), requestTo(closed.url))).toMatchObject({ refusal: { kind: 'connection-failed' } });
});

test('a proxy that the environment names is not used (Q33)', async () => {
  const proxy = await openReceiver();
  try {
    const env = { NODE_USE_ENV_PROXY: '1', HTTP_PROXY: proxy.url, http_proxy: proxy.url, NO_PROXY: '' };
    const file = (name: string): string => JSON.stringify(new URL(name, import.meta.url).href);
    const program = `
      import http from 'node:http';
      import { sendOutbound } from ${file('./send-outbound.ts')};
      const allow = [{ base: [0, 0, 0xffff, 0x7f000001], prefixBits: 128 }];
      const deps = { resolve: async () => [], allow, clock: { after: () => () => undefined } };
      const request = { method: 'GET', headers: {}, body: null };
      const sent = await sendOutbound(deps, { ...request, url: ${JSON.stringify(`${receiver.url}own`)} });
      http.get(${JSON.stringify(`${receiver.url}other`)}, (answer) => answer.resume());
      process.exitCode = sent.ok ? 0 : 1;`;
    const args = ['--input-type=module', '-e', program];
    const code = await new Promise((resolve) => {
      spawn(process.execPath, args, { env, stdio: 'ignore' }).on('close', resolve);
    });
    expect([code, receiver.received.map(({ path }) => path)]).toEqual([0, ['/own']]);
    // What does heed the environment went there, so the setting was in force.
    expect(proxy.received.length).toBe(1);
  } finally {
    await proxy.close();
  }
});
