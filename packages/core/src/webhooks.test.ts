import { expect, test } from 'vitest';
import { retryDelayMs } from './webhooks.ts';

test('attempts are spread over a day and a bit, each wait a tenth longer at most, and end (R8)', () => {
  const shortest = [1, 2, 3, 4, 5, 6, 7].map((attempts) => retryDelayMs(attempts, 0) ?? 0);
  expect(shortest).toEqual([5_000, 300_000, 1_800_000, 7_200_000, 18_000_000, 36_000_000, 36_000_000]);
  expect(retryDelayMs(1, 1)).toBe(5_500);
  expect(retryDelayMs(8, 0)).toBeNull();
});
