import { appendFileSync, readFileSync, statSync } from 'node:fs';
import { type Checkpoint, checkpointLine, checkpointText, MINUTE_MS } from '@claviger/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openCheckpointLog } from './checkpoint-log.ts';
import { type Cast, openCast } from './http/testing/cast.ts';
import { send } from './http/testing/send.ts';
import { openTestPlane, type TestPlane } from './http/testing/test-plane.ts';
import { takeCheckpointsJob } from './jobs/take-checkpoints.ts';

let plane: TestPlane;
let cast: Cast;
beforeAll(async () => {
  plane = await openTestPlane();
  cast = await openCast(plane);
});
afterAll(() => plane.close());

const take = () => plane.installation.checkpoints.take(plane.installation.clock.now());
const fileLines = (): readonly string[] =>
  readFileSync(plane.installation.folder.checkpointsFile, 'utf8').split('\n').slice(0, -1);

test('a checkpoint is the signed head on disk, and none is taken while nothing changes (A4)', async () => {
  const checkpoint = await take();
  const head = await plane.installation.store.head();
  expect(checkpoint).toMatchObject({ epoch: head.epoch, version: head.n, hash: head.hash });
  if (checkpoint === null) throw new Error('none was taken');
  expect(checkpoint.signature).toBe(plane.deps.signer.sign(checkpointText(checkpoint)));
  expect(fileLines()).toEqual([checkpointLine(checkpoint)]);
  expect(statSync(plane.installation.folder.checkpointsFile).mode & 0o077).toBe(0);
  expect(await take()).toBeNull();
  expect(fileLines()).toHaveLength(1);
});

test('the job takes one after a change, and one when the server stops (A4)', async () => {
  const { checkpoints, clock } = plane.installation;
  const told: string[] = [];
  const log = { warn: (...parts: readonly unknown[]) => void told.push(String(parts[1])) };
  const job = takeCheckpointsJob({ checkpoints, clock, log });
  expect(job.everyMs).toBeLessThanOrEqual(60 * MINUTE_MS);
  await cast.session('adam');
  await job.run(new AbortController().signal);
  expect(fileLines()).toHaveLength(2);
  await cast.session('ada');
  await job.stop?.();
  expect(fileLines()).toHaveLength(3);
  expect(told).toEqual([]);
  const full = { take: () => Promise.reject(new Error('no space left on device')) };
  await takeCheckpointsJob({ checkpoints: full, clock, log }).stop?.();
  expect(told).toEqual(['no checkpoint was taken at the stop']);
});

test('a file is gone on with after a crash in the middle of a line, and knows what it held (A4)', async () => {
  const { folder, store, signer, clock } = plane.installation;
  const before = fileLines();
  appendFileSync(folder.checkpointsFile, '{"object":"checkpoint","epoch":1,"ver');
  const again = await openCheckpointLog(folder.checkpointsFile, { store, signer });
  expect(again.list().map(checkpointLine)).toEqual(before);
  expect(await again.take(clock.now())).toBeNull();
  await again.close();
  expect(fileLines()).toEqual(before);
});

test('administrators list them newest first, page by page; others do not (A4)', async () => {
  const headers = await cast.session('adam');
  const list = (query: string) =>
    send<{ data: Checkpoint[]; next_cursor: string | null }>(plane, {
      method: 'GET',
      path: `/v1/audit-log/checkpoints${query}`,
      headers,
    });
  const first = await list('?limit=2');
  const second = await list(`?limit=2&cursor=${first.body.next_cursor}`);
  const shown = [...first.body.data, ...second.body.data];
  expect(shown.map(checkpointLine)).toEqual(fileLines().toReversed());
  expect(second.body.next_cursor).toBeNull();
  const path = '/v1/audit-log/checkpoints';
  expect((await send(plane, { method: 'GET', path, headers: await cast.session('rita') })).code).toBe('not_allowed');
});
