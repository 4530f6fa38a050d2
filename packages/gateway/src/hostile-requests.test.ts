import { connect, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { ask, exchangeRaw, parseAnswers } from './testing/raw-http.ts';
import { type RunningDataPlane, runDataPlane } from './testing/running-data-plane.ts';
import { AUTHORIZATION, askVerify, GOOD, JSON_TYPE, problemIn, RECORDS } from './testing/verify-requests.ts';

let plane: RunningDataPlane;
beforeAll(async () => {
  plane = await runDataPlane(RECORDS, { limits: { headersMs: 300, requestMs: 300, checkEveryMs: 50 } });
});
afterAll(() => plane.stop());

/** Whatever came, the data plane still answers, and nothing broke on the way (Q21). */
afterEach(async () => {
  expect(plane.faults).toEqual([]);
  expect((await ask(plane.port, ['GET /livez HTTP/1.1'])).status).toBe(200);
});

test.each([
  '//',
  '///',
  '/%',
  '/%ff',
  '/%00',
  '/\\',
  '//[',
  '/..',
  '/v1/keys/verify/',
  '/v1/keys/verify%2f',
  '/v1/keys//verify',
  '/v1/authz/',
  '/v1/authz/nginx/',
  '/v1/authz/apache',
  '/V1/keys/verify',
  '/__proto__',
  '/constructor',
  'http://[',
  'http://',
  'http:////',
  'http://test',
  'http://test/%',
  'https://user:pass@test:99999/x',
  'urn:x:y',
  '*',
  `/${'a'.repeat(20_000)}`,
])('the target %s is unknown or malformed, never a fault (Q21)', async (target) => {
  for (const method of ['GET', 'POST', 'OPTIONS', 'TRACE']) {
    const answer = await ask(plane.port, [`${method} ${target} HTTP/1.1`, AUTHORIZATION, JSON_TYPE]);
    expect([method, [400, 404].includes(problemIn(answer).status)]).toEqual([method, true]);
  }
});

test('a target in absolute form is the path it names (RFC 9112)', async () => {
  expect((await ask(plane.port, ['GET http://elsewhere.example/livez HTTP/1.1'])).status).toBe(200);
});

test.each([
  ['GET', '/v1/keys/verify', 'POST'],
  ['PUT', '/v1/keys/verify-batch', 'POST'],
  ['TRACE', '/v1/keys/verify', 'POST'],
  ['OPTIONS', '/v1/keys/verify', 'POST'],
  ['POST', '/livez', 'GET, HEAD'],
  ['DELETE', '/readyz', 'GET, HEAD'],
  ['FOO', '/livez', 'GET, HEAD, POST'],
  ['get', '/livez', 'GET, HEAD, POST'],
])('%s %s is 405 with the methods that there are', async (method, path, allow) => {
  const answer = await ask(plane.port, [`${method} ${path} HTTP/1.1`]);
  expect([problemIn(answer).status, answer.headers['allow']]).toEqual([405, allow]);
});

test('CONNECT is 405', async () => {
  for (const target of ['upstream:443', '/livez', '*']) {
    const [answer] = parseAnswers(await exchangeRaw(plane.port, `CONNECT ${target} HTTP/1.1\r\nHost: test\r\n\r\n`));
    if (answer === undefined) throw new Error('no answer to CONNECT');
    expect(problemIn(answer).status).toBe(405);
  }
});

test('an upgrade is not taken: the request is answered as it is', async () => {
  const upgrade = ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: eA=='];
  expect((await ask(plane.port, ['GET /livez HTTP/1.1', ...upgrade])).status).toBe(200);
  expect((await ask(plane.port, ['GET /livez HTTP/1.1', 'Upgrade: h2c', 'HTTP2-Settings: AA'])).status).toBe(200);
});

test.each([
  ['no HTTP', 'hello\r\n\r\n', 400],
  ['TLS on a plain port', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400],
  ['no version', 'GET /livez\r\n\r\n', 400],
  ['HTTP/2 preface', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
  ['no host', 'GET /livez HTTP/1.1\r\nConnection: close\r\n\r\n', 400],
  ['a header without a colon', 'GET /livez HTTP/1.1\r\nHost: t\r\nnonsense\r\n\r\n', 400],
  ['a space before the colon', 'GET /livez HTTP/1.1\r\nHost: t\r\nX-Api-Key : x\r\n\r\n', 400],
  ['a bare line feed', 'GET /livez HTTP/1.1\nHost: t\n\n', 400],
  [
    'both length headers',
    'POST /livez HTTP/1.1\r\nHost: t\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    400,
  ],
  ['two lengths', 'POST /livez HTTP/1.1\r\nHost: t\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc', 400],
  ['a negative length', 'POST /livez HTTP/1.1\r\nHost: t\r\nContent-Length: -1\r\n\r\n', 400],
  ['headers beyond the limit', `GET /livez HTTP/1.1\r\nHost: t\r\nX: ${'x'.repeat(70_000)}\r\n\r\n`, 431],
  ['many headers beyond the limit', `GET /livez HTTP/1.1\r\nHost: t\r\n${'A: b\r\n'.repeat(40_000)}\r\n`, 431],
])('%s is a problem, told as one (Q21)', async (_title, text, status) => {
  const [answer] = parseAnswers(await exchangeRaw(plane.port, text));
  if (answer === undefined) throw new Error('no answer');
  expect([problemIn(answer).status, answer.headers['connection']]).toEqual([status, 'close']);
});

test('bad chunking of a body is 400', async () => {
  const head = ['POST /v1/keys/verify HTTP/1.1', 'Host: t', AUTHORIZATION, JSON_TYPE, 'Transfer-Encoding: chunked'];
  const [answer] = parseAnswers(await exchangeRaw(plane.port, `${head.join('\r\n')}\r\n\r\nzz\r\n`));
  expect(answer?.status).toBe(400);
});

test('a second credential is seen however many headers stand between (Q21)', async () => {
  const many = Array.from({ length: 2_500 }, (_, index) => `X-${index}: x`);
  const answer = await askVerify(plane.port, GOOD, [AUTHORIZATION, JSON_TYPE, ...many, AUTHORIZATION]);
  expect(problemIn(answer).code).toBe('ambiguous_credentials');
});

test('headers that never end are cut off with 408 (Q21)', async () => {
  const [answer] = parseAnswers(await exchangeRaw(plane.port, 'GET /livez HTTP/1.1\r\nHost: t\r\nX: '));
  if (answer === undefined) throw new Error('no answer');
  expect(problemIn(answer).status).toBe(408);
});

test('a body that never ends is cut off with 408 (Q21)', async () => {
  const head = ['POST /v1/keys/verify HTTP/1.1', 'Host: t', AUTHORIZATION, JSON_TYPE, 'Content-Length: 100'];
  const [answer] = parseAnswers(await exchangeRaw(plane.port, `${head.join('\r\n')}\r\n\r\n{"key":`));
  if (answer === undefined) throw new Error('no answer');
  expect(problemIn(answer).status).toBe(408);
});

test('a body that is announced to be huge is refused before it is read, and the connection ends', async () => {
  const head = ['POST /v1/keys/verify HTTP/1.1', 'Host: t', AUTHORIZATION, JSON_TYPE, 'Content-Length: 99999999999'];
  const [answer] = parseAnswers(await exchangeRaw(plane.port, `${head.join('\r\n')}\r\n\r\n{`));
  if (answer === undefined) throw new Error('no answer');
  expect([problemIn(answer).status, answer.headers['connection']]).toEqual([413, 'close']);
});

test('a chunked body without end is dropped at 2 MiB, and the connection ends', async () => {
  const socket = connect(plane.port, '127.0.0.1');
  const head = ['POST /v1/keys/verify HTTP/1.1', 'Host: t', AUTHORIZATION, JSON_TYPE, 'Transfer-Encoding: chunked'];
  socket.write(`${head.join('\r\n')}\r\n\r\n`);
  const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`;
  for (let sent = 0; sent < 40; sent += 1) socket.write(chunk);
  expect(await firstBytes(socket)).toMatch(/^HTTP\/1\.1 413 /);
  socket.destroy();
});

test('an oversized body of bearable length is read to its end, and the connection goes on', async () => {
  const head = ['POST /v1/keys/verify HTTP/1.1', 'Host: t', AUTHORIZATION, JSON_TYPE, 'Content-Length: 70000'];
  const next = 'GET /livez HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n';
  const text = await exchangeRaw(plane.port, `${head.join('\r\n')}\r\n\r\n${'x'.repeat(70_000)}${next}`);
  expect(parseAnswers(text).map(({ status }) => status)).toEqual([413, 200]);
});

test('pipelined requests are answered in their order', async () => {
  const body = JSON.stringify(GOOD);
  const verify = `POST /v1/keys/verify HTTP/1.1\r\nHost: t\r\n${AUTHORIZATION}\r\n${JSON_TYPE}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  const lines = `GET /livez HTTP/1.1\r\nHost: t\r\n\r\n`;
  const last = 'GET /nothing HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n';
  const answers = parseAnswers(await exchangeRaw(plane.port, verify + lines + verify + last));
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 404]);
  expect(new Set(answers.map(({ headers }) => headers['request-id'])).size).toBe(4);
});

test('what is malformed behind a request that still waits is never taken for its answer', async () => {
  const body = JSON.stringify({ ...GOOD, min_version: '1.99' });
  const waiting = `POST /v1/keys/verify HTTP/1.1\r\nHost: t\r\n${AUTHORIZATION}\r\n${JSON_TYPE}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  expect(await exchangeRaw(plane.port, `${waiting}nonsense\r\n\r\n`)).toBe('');
  const live = 'GET /livez HTTP/1.1\r\nHost: t\r\n\r\n';
  expect(await exchangeRaw(plane.port, `${waiting}${live}nonsense\r\n\r\n`)).toBe('');
  const socket = connect(plane.port, '127.0.0.1');
  const received: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => received.push(chunk));
  socket.write(waiting);
  // Once an answer is out on another connection, the first one has been waiting for a while.
  await ask(plane.port, ['GET /livez HTTP/1.1']);
  socket.write('nonsense\r\n\r\n');
  await new Promise((resolve) => {
    socket.on('close', resolve);
  });
  expect(Buffer.concat(received).toString()).toBe('');
});

test('a sender that goes away in the middle of its body leaves nothing behind', async () => {
  const head = ['POST /v1/keys/verify HTTP/1.1', 'Host: t', AUTHORIZATION, JSON_TYPE, 'Content-Length: 100'];
  const socket = connect(plane.port, '127.0.0.1');
  await new Promise<void>((resolve) => {
    socket.write(`${head.join('\r\n')}\r\n\r\n{"key":`, () => resolve());
  });
  socket.resetAndDestroy();
});

test('a sender that goes away while its question waits for a version leaves nothing behind (D7)', async () => {
  const body = JSON.stringify({ ...GOOD, min_version: '1.99' });
  const head = ['POST /v1/keys/verify HTTP/1.1', 'Host: t', AUTHORIZATION, JSON_TYPE, `Content-Length: ${body.length}`];
  const socket = connect(plane.port, '127.0.0.1');
  await new Promise<void>((resolve) => {
    socket.write(`${head.join('\r\n')}\r\n\r\n${body}`, () => resolve());
  });
  socket.resetAndDestroy();
  expect(await plane.verifier.hasReached({ epoch: 1, n: 99 }, 300)).toBe(false);
});

test('an expectation that nobody knows changes no answer', async () => {
  expect((await ask(plane.port, ['GET /livez HTTP/1.1', 'Expect: miracles'])).status).toBe(200);
});

test('HEAD has the headers of GET and no body', async () => {
  const text = await exchangeRaw(plane.port, 'HEAD /livez HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n');
  expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  expect(text.endsWith('\r\n\r\n')).toBe(true);
});

function firstBytes(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    socket.once('data', (chunk: Buffer) => resolve(chunk.toString('latin1')));
    socket.on('error', reject);
  });
}
