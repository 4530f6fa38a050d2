import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { ask, type RawAnswer } from './testing/raw-http.ts';
import { runDataPlane } from './testing/running-data-plane.ts';
import { keyText } from './testing/sample-state.ts';
import { askBatch, askVerify, GOOD, JSON_TYPE, problemIn, RECORDS } from './testing/verify-requests.ts';

test('decisions are counted by code and source', async () => {
  const other = await runDataPlane(RECORDS);
  const asked = [keyText(10), keyText(10), keyText(15), 'x'].map((key) => ({ key, authenticate_only: true }));
  await askBatch(other.port, { questions: asked });
  await askVerify(other.port, GOOD);
  const counted = other.dataPlane.counts().filter(({ count }) => count > 0);
  expect(counted.map(({ source, code, count }) => `${source} ${code} ${count}`)).toEqual([
    'verify allowed 1',
    'verify_batch allowed 2',
    'verify_batch malformed 1',
    'verify_batch disabled 1',
  ]);
  await other.stop();
});

test('a verifier past its staleness bound refuses everything and says so, and is red (D5, D14)', async () => {
  const other = await runDataPlane(RECORDS);
  const get = (path: string): Promise<RawAnswer> => ask(other.port, [`GET ${path} HTTP/1.1`]);
  expect((await get('/readyz')).status).toBe(200);
  other.passStaleness();
  const answer = await askVerify(other.port, GOOD);
  expect(JSON.parse(answer.body)).toMatchObject({ allow: false, code: 'stale', key: null });
  const ready = await get('/readyz');
  expect([ready.status, problemIn(ready)['reasons']]).toEqual([503, ['stale']]);
  expect((await get('/livez')).status).toBe(200);
  const unknown = [`Authorization: Bearer ${keyText(9, 'internal')}`, JSON_TYPE];
  expect((await askVerify(other.port, GOOD, unknown)).status).toBe(503);
  await other.stop();
});

test('before the first state is loaded nobody is known, and the data plane is red (D14)', async () => {
  const other = await runDataPlane([], { isUnloaded: true });
  const ready = await ask(other.port, ['GET /readyz HTTP/1.1']);
  expect([ready.status, problemIn(ready)['reasons']]).toEqual([503, ['no_state_loaded']]);
  const answer = await askVerify(other.port, GOOD);
  expect([answer.status, problemIn(answer).code, answer.headers['retry-after']]).toEqual([503, 'stale', '5']);
  await other.stop();
});

test('while draining the data plane is red and still answers', async () => {
  const other = await runDataPlane(RECORDS);
  other.dataPlane.drain();
  expect(problemIn(await ask(other.port, ['GET /readyz HTTP/1.1']))['reasons']).toEqual(['shutting_down']);
  const answer = await askVerify(other.port, GOOD);
  expect(answer.status).toBe(200);
  await other.stop();
});

test('what breaks is a 500 that names the request, lets nobody in, and is told once (fail closed)', async () => {
  const other = await runDataPlane(RECORDS, { nameOf: () => expect.fail('broken on purpose') });
  const answer = await askVerify(other.port, GOOD);
  expect([answer.status, problemIn(answer).code]).toEqual([500, 'internal_fault']);
  expect(other.faults).toHaveLength(1);
  expect(answer.body).not.toContain('broken');
  expect((await ask(other.port, ['GET /livez HTTP/1.1'])).status).toBe(200);
  await other.stop();
});

test('closing waits for nobody who never finishes', async () => {
  const other = await runDataPlane(RECORDS, { limits: { closeMs: 50 } });
  const socket = connect(other.port, '127.0.0.1');
  const isClosed = new Promise((resolve) => {
    socket.on('close', resolve);
  });
  socket.on('error', () => undefined);
  await new Promise<void>((resolve) => {
    socket.write('POST /v1/keys/verify HTTP/1.1\r\nHost: t\r\n', () => resolve());
  });
  await other.stop();
  await isClosed;
});

test('a port that is taken is a refusal to start, not a crash later', async () => {
  const first = await runDataPlane(RECORDS);
  const second = await runDataPlane(RECORDS);
  await second.dataPlane.close();
  await expect(second.dataPlane.start({ host: '127.0.0.1', port: first.port })).rejects.toThrow('EADDRINUSE');
  await first.stop();
  await second.stop();
});
