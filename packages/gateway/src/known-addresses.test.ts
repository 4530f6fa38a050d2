import { parseIpAddress } from '@claviger/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { knownAddress } from './known-addresses.ts';

test('an address that is remembered is the one that its whole text says, however many came between (I2)', () => {
  const numbered = fc.nat(9_000).map((number) => `10.0.${number >> 8}.${number & 255}`);
  const text = fc.oneof({ weight: 9, arbitrary: numbered }, fc.ipV4(), fc.ipV6(), fc.string({ maxLength: 60 }));
  fc.assert(
    fc.property(text, (asked) => {
      expect(knownAddress(asked)).toEqual(parseIpAddress(asked));
    }),
    { seed: 20_240_509, numRuns: 10_000 },
  );
});
