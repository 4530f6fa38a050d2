import { appendFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AccountId, instant, type KeyId, type Version } from '@claviger/core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { completeEndedLog, createEndedLog, openEndedLog } from './ended-log.ts';
import { type LogFile, openLogFile } from './ended-log-file.ts';
import type { KeyEnd } from './store.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'claviger-ended-'));
  path = join(folder, 'ended.log');
});
afterEach(() => rmSync(folder, { recursive: true }));

function endAt(n: number, epoch = 1): KeyEnd {
  return {
    accountId: 'acc_1' as AccountId,
    keyId: `key_${n}` as KeyId,
    how: n % 2 === 0 ? 'deleted' : 'force_expired',
    at: instant(n),
    version: { epoch, n },
  };
}

/** A disk that does as it is told. */
async function flakyFile(): Promise<LogFile & { fault: Error | null; syncs: number }> {
  const file = await openLogFile(path);
  const flaky = {
    fault: null as Error | null,
    syncs: 0,
    readAll: () => file.readAll(),
    appendSynced: async (lines: string) => {
      flaky.syncs += 1;
      if (flaky.fault === null) return file.appendSynced(lines);
      // A disk that is full takes the beginning of what it is given.
      appendFileSync(path, lines.slice(0, 20));
      throw flaky.fault;
    },
    close: () => file.close(),
  };
  return flaky;
}

test('ends are there after a restart, in the order they were written (D3)', async () => {
  const log = await openEndedLog(path);
  await log.append([endAt(1), endAt(2)]);
  await log.append([endAt(3)]);
  await log.close();
  const again = await openEndedLog(path);
  expect(await again.list()).toEqual([endAt(1), endAt(2), endAt(3)]);
  await again.append([endAt(4)]);
  expect(await again.list()).toHaveLength(4);
  await again.close();
});

test('a line torn at any byte is cut off, and what comes next is whole (D3)', async () => {
  const log = await openEndedLog(path);
  await log.append([endAt(1), endAt(2)]);
  await log.close();
  const whole = readFileSync(path);
  const secondLine = whole.indexOf('\n') + 1;
  for (let length = secondLine; length < whole.length; length += 1) {
    writeFileSync(path, whole);
    truncateSync(path, length);
    const torn = await openEndedLog(path);
    await torn.append([endAt(3)]);
    expect(await torn.list()).toEqual([endAt(1), endAt(3)]);
    await torn.close();
  }
});

test('a full disk is a fault, and the ends go with the next call that succeeds, whatever was half written (D3)', async () => {
  const file = await flakyFile();
  const log = await createEndedLog(path, file);
  await log.append([endAt(1)]);
  file.fault = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
  await expect(log.append([endAt(2)])).rejects.toMatchObject({ name: 'StoreFault', kind: 'unavailable' });
  await expect(log.append([])).rejects.toMatchObject({ kind: 'unavailable' });
  file.fault = null;
  await log.append([]);
  expect(await log.list()).toEqual([endAt(1), endAt(2)]);
  await log.close();
  const again = await openEndedLog(path);
  expect(await again.list()).toEqual([endAt(1), endAt(2)]);
  await again.close();
});

test('ends that come while a sync runs share the next one, and each waits for its own (D3)', async () => {
  const file = await flakyFile();
  const log = await createEndedLog(path, file);
  await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map((n) => log.append([endAt(n)])));
  expect((await log.list()).map((end) => end.version.n)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  expect(file.syncs).toBeLessThanOrEqual(2);
  await log.close();
});

test('the start adds everything since the last known complete version: a later line says nothing of earlier ones (D3)', async () => {
  const asked: (Version | null)[] = [];
  const ends = [endAt(1), endAt(2), endAt(3), endAt(1, 2)];
  const store = {
    head: async () => ({ epoch: 2, n: 1, hash: '', floor: instant(0) }),
    endsAfter: async (after: Version | null) => {
      asked.push(after);
      return after === null ? ends : [];
    },
  };
  const log = await openEndedLog(path);
  // Version 3 was answered first, and 2 was lost in a crash.
  await log.append([endAt(1), endAt(3)]);
  await completeEndedLog(log, store);
  expect(new Set((await log.list()).map((end) => `${end.version.epoch}.${end.version.n}`)).size).toBe(4);
  await log.close();
  const again = await openEndedLog(path);
  expect(again.lastVersion()).toEqual({ epoch: 2, n: 1 });
  const size = readFileSync(path).length;
  await completeEndedLog(again, store);
  expect(asked).toEqual([null, { epoch: 2, n: 1 }]);
  expect(readFileSync(path)).toHaveLength(size);
  await again.close();
});

test('a line in the middle that cannot be read is told with its number and what to do (D3)', async () => {
  writeFileSync(path, '{"account_id":"acc_1","key_id":"key_1","how":"deleted","at":1,"version":"1.1"}\nnonsense\n');
  const log = await openEndedLog(path);
  await expect(log.list()).rejects.toThrow(/line 2.*move the file away/);
  await log.close();
});
