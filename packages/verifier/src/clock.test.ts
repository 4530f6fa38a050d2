import { instant } from '@claviger/core';
import { afterEach, expect, test, vi } from 'vitest';
import { systemVerifierClock } from './clock.ts';

const START = Date.UTC(2026, 0, 1);
const MINUTE = 60_000;

afterEach(() => {
  vi.useRealTimers();
});

test('decision time never goes back, and a jump ahead counts for good only after ten minutes (E9)', () => {
  vi.useFakeTimers({ now: START });
  const clock = systemVerifierClock();
  expect(clock.now()).toBe(START);
  vi.setSystemTime(START - 60 * MINUTE);
  expect(clock.now()).toBe(START);
  vi.setSystemTime(START + 60 * MINUTE);
  expect(clock.now()).toBe(START + 60 * MINUTE);
  vi.setSystemTime(START);
  expect(clock.now()).toBe(START);
  vi.setSystemTime(START + 60 * MINUTE);
  clock.now();
  vi.advanceTimersByTime(10 * MINUTE);
  expect(clock.now()).toBe(START + 70 * MINUTE);
  vi.setSystemTime(START);
  expect(clock.now()).toBe(START + 70 * MINUTE);
});

test('decision time starts no earlier than a floor that is handed in (E9)', () => {
  vi.useFakeTimers({ now: START });
  expect(systemVerifierClock(instant(START + 5)).now()).toBe(START + 5);
});

test('a timer calls back once, unless it is cancelled, and the counter does not jump', () => {
  vi.useFakeTimers({ now: START });
  const clock = systemVerifierClock();
  const calls: string[] = [];
  const before = clock.monotonicMs();
  clock.after(100, () => calls.push('kept'));
  clock.after(100, () => calls.push('cancelled'))();
  vi.setSystemTime(START + MINUTE);
  vi.advanceTimersByTime(1_000);
  expect([calls, clock.monotonicMs() - before]).toEqual([['kept'], 1_000]);
});
