import { existsSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeTemporaryFolder } from './temporary-folder.ts';
import { until } from './until.ts';

/**
 * A clock that a test sets, for a whole process: Debian's faketime stands between the process and the system's clocks. It
 * stands still until it is moved, so that what happens at the very millisecond of an expiry can be seen (E9).
 */
export type FalseClock = {
  /** What to start the process with. */
  readonly settings: Readonly<Record<string, string>>;
  now(): number;
  /** Milliseconds since 1970 that the process reads from now on. */
  set(ms: number): void;
  delete(): void;
};

/**
 * Makes a clock. With `hasSteadyCounter` the counter that never jumps goes on at its own pace, as when somebody sets a
 * machine's clock; without, it moves along, as when time passes.
 */
export function makeFalseClock(startMs: number, { hasSteadyCounter = false, zone = 'UTC' } = {}): FalseClock {
  const folder = makeTemporaryFolder('clock');
  const file = join(folder.path, 'now');
  // Put in place at one stroke: a file that is read half written would be another time.
  let now = startMs;
  const set = (ms: number): void => {
    now = ms;
    writeFileSync(`${file}.next`, `${fakeText(ms)}\n`);
    renameSync(`${file}.next`, file);
  };
  set(startMs);
  return {
    settings: {
      LD_PRELOAD: libraryPath(),
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_FMT: '%s',
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: hasSteadyCounter ? '1' : '0',
      TZ: zone,
    },
    now: () => now,
    set,
    delete: () => folder.delete(),
  };
}

/** How much of a long time passes slowly, and in which steps: shorter than any patience of the server. */
const SLOW_MS = 120_000;
const STEP_MS = 4_000;

/**
 * Lets time pass on a clock whose counter moves along: nearly all of it at one stroke, the last two minutes step by step.
 * What the stroke has cut off (a read that seems to have taken a month) is tried again in those, as it would be.
 */
export async function passTime(clock: FalseClock, to: number, isCurrent: () => Promise<boolean>): Promise<void> {
  for (let at = to - SLOW_MS; at < to; at += STEP_MS) {
    if (at <= clock.now()) continue;
    clock.set(at);
    await isCurrent();
  }
  clock.set(to);
  await until('the verifier has heard from its feed', isCurrent);
}

/**
 * As faketime reads an instant: seconds since 1970, in no zone. It reads fractions as a binary number, so the text names
 * the middle of the millisecond: its start might be read as the end of the one before.
 */
function fakeText(ms: number): string {
  return ((ms + 0.5) / 1000).toFixed(4);
}

/** The library's form for several threads: Node has some, and the other form reads the time wrong now and then. */
function libraryPath(): string {
  const places = readdirSync('/usr/lib')
    .filter((name) => name.endsWith('-linux-gnu'))
    .map((name) => `/usr/lib/${name}/faketime/libfaketimeMT.so.1`);
  const found = places.find((path) => existsSync(path));
  if (found === undefined) throw new Error('faketime is not installed: run scripts/install-test-tools');
  return found;
}
