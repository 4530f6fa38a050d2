import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { earlierEnd, formatInstant, instant, parseInstant, parseInstantMs, plusMs } from './time.ts';

const LATEST = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

describe('instants on the wire', () => {
  test('parsing a formatted instant gives it back, to the millisecond', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: LATEST }), (ms) => {
        expect(parseInstant(formatInstant(instant(ms)))).toBe(ms);
      }),
    );
  });

  test.each([
    ['1970-01-01T00:00:00Z', 0],
    ['2028-02-29T12:00:00.000Z', Date.UTC(2028, 1, 29, 12)],
    ['2000-02-29T00:00:00Z', Date.UTC(2000, 1, 29)],
    ['2038-01-19T03:14:08Z', 2 ** 31 * 1_000],
    ['2026-01-15T12:00:00.5Z', Date.UTC(2026, 0, 15, 12, 0, 0, 500)],
    ['2026-01-15T12:00:00.05Z', Date.UTC(2026, 0, 15, 12, 0, 0, 50)],
    ['9999-12-31T23:59:59.999Z', LATEST],
  ])('%s is %i ms', (text, ms) => expect(parseInstant(text)).toBe(ms));

  test.each([
    '',
    'now',
    '0',
    '2026-02-29T00:00:00Z',
    '2100-02-29T00:00:00Z',
    '2026-02-30T00:00:00Z',
    '2026-04-31T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-00-01T00:00:00Z',
    '2026-01-00T00:00:00Z',
    '2026-01-32T00:00:00Z',
    '2026-01-01T24:00:00Z',
    '2026-01-01T23:60:00Z',
    '2026-12-31T23:59:60Z',
    '2026-01-01T00:00:00',
    '2026-01-01T00:00:00+00:00',
    '2026-01-01T00:00:00+01:00',
    '2026-01-01t00:00:00z',
    '2026-01-01 00:00:00Z',
    '2026-01-01T00:00Z',
    '2026-01-01',
    '2026-1-1T00:00:00Z',
    '2026-01-01T00:00:00.Z',
    '2026-01-01T00:00:00.0000Z',
    '+002026-01-01T00:00:00Z',
    '1969-12-31T23:59:59.999Z',
    '0000-01-01T00:00:00Z',
    ' 2026-01-01T00:00:00Z',
    '2026-01-01T00:00:00Z\n',
    '２026-01-01T00:00:00Z',
  ])('%j names no instant', (text) => expect(parseInstant(text)).toBeNull());
});

describe('instants as numbers', () => {
  test.each([0, 1, LATEST])('%i is one', (ms) => expect(parseInstantMs(ms)).toBe(ms));
  test.each([-1, 0.5, LATEST + 1, Number.NaN, Number.POSITIVE_INFINITY, Number.MAX_SAFE_INTEGER + 1])(
    '%d is none',
    (ms) => {
      expect(parseInstantMs(ms)).toBeNull();
      expect(() => instant(ms)).toThrow(RangeError);
    },
  );

  test('adding stops at the end of the year 9999', () => {
    expect(plusMs(instant(5), 10)).toBe(15);
    expect(plusMs(instant(LATEST - 1), 1)).toBe(LATEST);
    expect(plusMs(instant(LATEST), 1)).toBe(LATEST);
  });
});

test.each([
  [null, null, null],
  [5, null, 5],
  [null, 5, 5],
  [5, 6, 5],
  [6, 5, 5],
])('of %j and %j the earlier end is %j: null is never', (a, b, expected) => {
  const end = (ms: number | null) => (ms === null ? null : instant(ms));
  expect(earlierEnd(end(a), end(b))).toBe(expected);
});
