import { instant, JUMP_TRUSTED_AFTER_MS } from '@claviger/core';
import { expect, test } from 'vitest';
import { createDecisionClock } from './clock.ts';

function movableClock(wall: number) {
  const at = { wall, monotonicMs: 0 };
  const clock = {
    read: () => ({ wall: instant(at.wall), monotonicMs: at.monotonicMs }),
    after: () => () => undefined,
  };
  return { at, clock };
}

test('decision time never goes before a stored time (E9)', () => {
  const { at, clock } = movableClock(10_000_000);
  const time = createDecisionClock(clock, instant(0), () => undefined);
  time.raise(time.storable());
  at.wall = 5_000_000;
  expect(time.now()).toBe(10_000_000);
});

test('a forward jump is obeyed, told once, and stored only after ten minutes (E9)', () => {
  const { at, clock } = movableClock(10_000_000);
  const told: boolean[] = [];
  const time = createDecisionClock(clock, instant(0), (isJumping) => told.push(isJumping));
  at.wall += 86_400_000;
  expect([time.now(), time.storable()]).toEqual([96_400_000, 10_000_000]);
  at.monotonicMs = JUMP_TRUSTED_AFTER_MS;
  at.wall += JUMP_TRUSTED_AFTER_MS;
  expect(time.storable()).toBe(at.wall);
  expect(told).toEqual([true, false]);
});
