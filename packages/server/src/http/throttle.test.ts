import { instant } from '@claviger/core';
import { expect, test } from 'vitest';
import { createThrottle } from './throttle.ts';

const rule = { attemptsMost: 3, windowMs: 1000 };

test('attempts beyond the limit are refused until the window ends, to the millisecond (U7)', () => {
  const throttle = createThrottle(rule);
  for (const left of [2, 1, 0]) expect(throttle.take('a', instant(100))).toMatchObject({ isAllowed: true, left });
  expect(throttle.take('a', instant(1099))).toMatchObject({ isAllowed: false, retryAfterMs: 1 });
  expect(throttle.take('a', instant(1100))).toMatchObject({ isAllowed: true });
});

test('one name does not use up the attempts of another (U7)', () => {
  const throttle = createThrottle(rule);
  for (let attempt = 0; attempt < 10; attempt += 1) throttle.take('attacker', instant(0));
  expect(throttle.take('somebody else', instant(0))).toMatchObject({ isAllowed: true });
});

test('an attempt that succeeded is given back', () => {
  const throttle = createThrottle(rule);
  for (let attempt = 0; attempt < 10; attempt += 1) {
    expect(throttle.take('a', instant(0)).isAllowed).toBe(true);
    throttle.giveBack('a');
  }
});

test('a flood of names takes bounded memory and leaves the newest counted', () => {
  const throttle = createThrottle(rule);
  for (let name = 0; name < 250_000; name += 1) throttle.take(String(name), instant(0));
  for (let attempt = 0; attempt < 2; attempt += 1) throttle.take('249999', instant(0));
  expect(throttle.take('249999', instant(0)).isAllowed).toBe(false);
});
