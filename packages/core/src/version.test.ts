import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatVersion, parseVersion } from './version.ts';

test('parsing a formatted version gives it back (D2)', () => {
  const version = fc.record({ epoch: fc.integer({ min: 1, max: 999_999_999 }), n: fc.nat(2 ** 31 - 1) });
  fc.assert(
    fc.property(version, (of) => {
      expect(parseVersion(formatVersion(of))).toEqual(of);
    }),
  );
});

test.each(['1.0', '1.412', '999999999.999999999999999'])('%s is a version (D2)', (text) => {
  expect(parseVersion(text)).not.toBeNull();
});

test.each([
  '',
  '1',
  '1.',
  '.1',
  '0.1',
  '01.1',
  '1.01',
  '-1.1',
  '1.-1',
  '1.1.1',
  ' 1.1',
  '1.1\n',
  '1e3.1',
  '1,1',
  '1.0x1',
  '1234567890.1',
  '1.1234567890123456',
])('%j is none (D2)', (text) => expect(parseVersion(text)).toBeNull());

test('every version is exact as a number', () => {
  expect(Number.isSafeInteger(parseVersion('1.999999999999999')?.n)).toBe(true);
});
