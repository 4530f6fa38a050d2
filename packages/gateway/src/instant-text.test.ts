import { formatInstant, instant } from '@claviger/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { instantText } from './instant-text.ts';

test('an instant is written as everywhere else', () => {
  const last = Date.UTC(9999, 11, 31, 23, 59, 59, 999);
  const edges = [0, 1, 999, 1_000, 59_999, 60_000, 86_399_999, 86_400_000, Date.UTC(2028, 1, 29), last];
  const any = fc.oneof(fc.constantFrom(...edges), fc.integer({ min: 0, max: last }));
  fc.assert(
    fc.property(any, (ms) => {
      expect(instantText(instant(ms))).toBe(formatInstant(instant(ms)));
    }),
    { seed: 20_240_507, numRuns: 3_000 },
  );
});
