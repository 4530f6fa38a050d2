import { expect, test } from 'vitest';
import type { Log } from '../logs.ts';
import { runJobs } from './run-jobs.ts';

/** Timers that fire when the test says so. */
function handTimers() {
  const waiting = new Map<() => void, number>();
  return {
    after: (ms: number, callback: () => void) => {
      waiting.set(callback, ms);
      return () => {
        waiting.delete(callback);
      };
    },
    spans: () => [...waiting.values()],
    fire: async () => {
      const due = [...waiting.keys()];
      waiting.clear();
      for (const callback of due) callback();
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
    },
  };
}

function quietLog(into: unknown[]): Log {
  const write = (...parts: readonly unknown[]): void => void into.push(parts);
  return { fatal: write, error: write, warn: write, info: write, debug: write };
}

test('a job runs again its span after it has ended, and never twice at once', async () => {
  const timers = handTimers();
  let runs = 0;
  let finish = (): void => undefined;
  const job = {
    name: 'slow',
    everyMs: 1_000,
    run: () =>
      new Promise<void>((resolve) => {
        runs += 1;
        finish = resolve;
      }),
  };
  const jobs = runJobs([job], timers, quietLog([]));
  expect(timers.spans()).toEqual([1_000]);
  await timers.fire();
  expect([runs, timers.spans()]).toEqual([1, []]);
  finish();
  await timers.fire();
  await timers.fire();
  expect(runs).toBe(2);
  finish();
  await jobs.stop();
  expect(timers.spans()).toEqual([]);
});

test('a run that fails is told of, by the name of the job, and the next one comes all the same', async () => {
  const timers = handTimers();
  const told: unknown[] = [];
  let runs = 0;
  const run = async (): Promise<void> => {
    runs += 1;
    throw new Error('no room');
  };
  const jobs = runJobs([{ name: 'broken', everyMs: 5, run }], timers, quietLog(told));
  await timers.fire();
  await timers.fire();
  expect(runs).toBe(2);
  expect(JSON.stringify(told)).toContain('"job":"broken"');
  await jobs.stop();
});

test('stopping waits for the run that is under way', async () => {
  const timers = handTimers();
  let isDone = false;
  let finish = (): void => undefined;
  const run = async (): Promise<void> => {
    await new Promise<void>((resolve) => {
      finish = resolve;
    });
    isDone = true;
  };
  const jobs = runJobs([{ name: 'slow', everyMs: 5, run }], timers, quietLog([]));
  await timers.fire();
  const stopped = jobs.stop();
  finish();
  await stopped;
  expect(isDone).toBe(true);
});
