import { crc32 as zlibCrc32 } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { crc32 } from './crc32.ts';

const ascii = fc.string({
  unit: fc.integer({ min: 0, max: 127 }).map((code) => String.fromCharCode(code)),
  maxLength: 80,
});

test('the check value of the standard', () => {
  expect(crc32('123456789', 9)).toBe(0xcbf43926);
});

test('it is the CRC-32 of zlib for every ASCII text (K6)', () => {
  fc.assert(
    fc.property(ascii, (text) => {
      expect(crc32(text, text.length)).toBe(zlibCrc32(text));
    }),
    { numRuns: 2_000 },
  );
});

test('only the first characters count when an end is given', () => {
  fc.assert(
    fc.property(ascii, fc.nat(80), (text, cut) => {
      const end = Math.min(cut, text.length);
      expect(crc32(text, end)).toBe(zlibCrc32(text.slice(0, end)));
    }),
  );
});
