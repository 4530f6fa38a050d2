import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Owner, secretOf, setUp } from './support/api-client.ts';
import { type Claviger, startClaviger } from './support/claviger-process.ts';
import type { HostileRequest, HostileTarget } from './support/hostile-request.ts';
import { hostileRequests } from './support/hostile-requests.ts';
import { seededRandom, seedOfRun } from './support/random.ts';
import { connectRaw, exchange, type RawAnswer, type RawConnection } from './support/raw-connection.ts';
import { openVerifyConnection, questionBytes, verifyOnce } from './support/verify-client.ts';

const KIB = 1_024;
const GARBLED = process.env['RELIABILITY'] === 'full' ? 50_000 : 1_500;
/** Milliseconds after which no listener may still hold a request that does not arrive. */
const SLOW_ENDS_WITHIN_MS = 40_000;
const SLOW_CLIENTS = 24;

const API_LISTENERS = [
  { listener: 'control plane', port: () => claviger.ports.control },
  { listener: 'data plane', port: () => claviger.ports.data },
];
const LISTENERS = [...API_LISTENERS, { listener: 'metrics listener', port: () => claviger.ports.metrics }];

let claviger: Claviger;
let owner: Owner;
beforeAll(async () => {
  claviger = await startClaviger();
  owner = await setUp(claviger.control);
});
afterAll(() => claviger?.delete());

test.each(API_LISTENERS)(
  'hostile requests to the $listener are refused, never a fault, and stop nothing (D14)',
  async ({ port }) => {
    const target = targetOf(port());
    const wrong: string[] = [];
    for (const request of hostileRequests(target)) {
      wrong.push(...complaints(request, await exchange(port(), request.bytes)));
      if (!(await isWell(port()))) wrong.push(`${request.title}: /livez no longer answers`);
    }
    expect(wrong).toEqual([]);
    await expectSoundness();
  },
);

test.each(LISTENERS)('garbled requests to the $listener never make a fault', async ({ port }) => {
  const seed = seedOfRun();
  const random = seededRandom(seed);
  const target = targetOf(port());
  const samples = hostileRequests(target).map(({ bytes }) => bytes.subarray(0, 2 * KIB));
  const wrong: string[] = [];
  for (let round = 0; round < GARBLED; round += 1) {
    const bytes = Buffer.from(random.pick(samples));
    for (let flips = random.below(6); flips >= 0; flips -= 1) bytes[random.below(bytes.length)] = random.below(256);
    const answer = await firstAnswer(port(), bytes);
    if (answer !== null && answer.status >= 500)
      wrong.push(`${answer.status} for ${JSON.stringify(bytes.toString('latin1'))}`);
  }
  expect(wrong, `SEED=${seed}`).toEqual([]);
  await expectSoundness();
});

test(
  'requests that never arrive are let go of by every listener',
  async () => {
    const started = performance.now();
    const slow = await Promise.all(
      Array.from({ length: SLOW_CLIENTS }, (_, index) =>
        slowConnection(LISTENERS[index % LISTENERS.length]?.port() ?? 0, Math.floor(index / LISTENERS.length)),
      ),
    );
    let areHeld = true;
    const allClosed = Promise.all(slow.map(({ connection }) => connection.closed)).then(() => {
      areHeld = false;
    });
    // One byte now and then is the trick of the slow: it must not buy time.
    while (areHeld && performance.now() - started < SLOW_ENDS_WITHIN_MS) {
      for (const { connection, isDripping } of slow) if (isDripping) connection.send('a');
      await Promise.race([allClosed, pause(500)]);
      for (const { port } of LISTENERS) expect(await isWell(port())).toBe(true);
    }
    expect(areHeld).toBe(false);
  },
  SLOW_ENDS_WITHIN_MS * 2,
);

type SlowConnection = { readonly connection: RawConnection; readonly isDripping: boolean };

/** A connection that sends nothing, half a line, half its headers or half its body, and then perhaps byte after byte. */
async function slowConnection(port: number, index: number): Promise<SlowConnection> {
  const { host, path, credential } = targetOf(port);
  const head = `POST ${path} HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${credential}\r\n`;
  const starts = ['', 'GET', `GET /livez HTTP/1.1\r\nHost: ${host}\r\nX-A: `, `${head}Content-Length: 100\r\n\r\n{`];
  const connection = await connectRaw(port);
  connection.send(starts[index % starts.length] ?? '');
  return { connection, isDripping: index % starts.length > 1 };
}

test('good clients are served while hostile ones are busy', async () => {
  const calm = await medianVerifyMs();
  const target = targetOf(claviger.ports.data);
  const requests = hostileRequests(target);
  let isOver = false;
  const attackers = Array.from({ length: 4 }, async (_, index) => {
    for (let at = index; !isOver; at += 1) {
      const request = requests[at % requests.length];
      if (request !== undefined) await exchange(claviger.ports.data, request.bytes);
    }
  });
  const busy = await medianVerifyMs();
  isOver = true;
  await Promise.all(attackers);
  console.log(`a verification takes ${calm.toFixed(2)} ms, under attack ${busy.toFixed(2)} ms (median)`);
  // The attackers share the machine with the good client: what is measured here is that nobody waits in line for long.
  expect(busy).toBeLessThan(Math.max(10 * calm, 20));
});

function targetOf(port: number): HostileTarget {
  const host = `127.0.0.1:${port}`;
  return port === claviger.ports.control
    ? { host, path: '/v1/keys', credential: secretOf(owner.master), bodyLargest: 64 * KIB }
    : { host, path: '/v1/keys/verify', credential: claviger.verifierKey(), bodyLargest: 64 * KIB };
}

/** What is wrong with the answer to a hostile request; nothing when there is none but a closed connection. */
function complaints(request: HostileRequest, answer: RawAnswer | null): readonly string[] {
  const { title, statuses } = request;
  if (answer === null) return statuses === undefined ? [] : [`${title}: closed without an answer`];
  const isExpected = statuses?.includes(answer.status) ?? (answer.status >= 400 && answer.status < 500);
  if (!isExpected) return [`${title}: ${answer.status} ${answer.body.slice(0, 200)}`];
  if (answer.status < 400) return [];
  if (answer.headers.get('content-type')?.startsWith('application/problem+json') !== true) {
    return [`${title}: ${answer.status} is no problem+json: ${answer.body.slice(0, 200)}`];
  }
  const problem = JSON.parse(answer.body) as { status: number; code: string };
  if (problem.status !== answer.status)
    return [`${title}: the problem says ${problem.status}, the line ${answer.status}`];
  return request.code === undefined || problem.code === request.code ? [] : [`${title}: ${problem.code}`];
}

/** The first answer, or null: garbled framing may leave both sides waiting, so the connection is half closed at once. */
async function firstAnswer(port: number, bytes: Buffer): Promise<RawAnswer | null> {
  const connection = await connectRaw(port);
  connection.send(bytes);
  connection.end();
  const answer = await connection.answer();
  connection.close();
  return answer;
}

async function isWell(port: number): Promise<boolean> {
  const answer = await fetch(`http://127.0.0.1:${port}/livez`);
  await answer.arrayBuffer();
  return answer.status === 200;
}

/** The process that was attacked still runs, still decides rightly, and has logged no fault. */
async function expectSoundness(): Promise<void> {
  expect(claviger.isRunning()).toBe(true);
  const asked = { key: secretOf(owner.master), operation: 'query', resource: 'database:sales' };
  expect(await verifyOnce(claviger, asked)).toMatchObject({ allow: true });
  expect(await verifyOnce(claviger, { ...asked, key: 'x'.repeat(40) })).toMatchObject({ code: 'not_found' });
  expect(claviger.log()).not.toMatch(/"level":"(?:error|fatal)"/);
}

async function medianVerifyMs(): Promise<number> {
  const connection = await openVerifyConnection(claviger);
  const question = questionBytes(claviger, { key: secretOf(owner.master), authenticate_only: true });
  const times: number[] = [];
  for (let round = 0; round < 500; round += 1) {
    const started = performance.now();
    await connection.ask(question);
    times.push(performance.now() - started);
  }
  connection.close();
  return times.toSorted((a, b) => a - b)[250] ?? 0;
}
