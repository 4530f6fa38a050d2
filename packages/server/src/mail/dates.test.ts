import { instant, plusMs } from '@claviger/core';
import { expect, test } from 'vitest';
import { headerDate, spanUntil, writtenDate } from './dates.ts';

const NOW = instant(Date.UTC(2026, 10, 23, 9, 30));
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

test.each([
  [30 * DAY, '30 days'],
  [7 * DAY, '7 days'],
  [7 * DAY - 10 * MINUTE, '7 days'],
  [7 * DAY - 2 * HOUR, '6 days'],
  [2 * DAY - HOUR, '2 days'],
  [2 * DAY - HOUR - 1, '47 hours'],
  [DAY + HOUR, '1 day'],
  [DAY, '1 day'],
  [DAY - HOUR, '1 day'],
  [DAY - HOUR - 1, '23 hours'],
  [2 * HOUR, '2 hours'],
  [HOUR, '1 hour'],
  [HOUR - MINUTE - 1, '58 minutes'],
  [MINUTE, '1 minute'],
  [MINUTE - 1, 'less than a minute'],
  [0, 'less than a minute'],
  [-DAY, 'less than a minute'],
])('%d ms are told as %s, never as more than is left but for an hour (R5)', (ms, text) => {
  expect(spanUntil(instant(NOW + ms), NOW)).toBe(text);
});

test('a date is written so that everybody reads the same one', () => {
  expect(writtenDate(instant(Date.UTC(2026, 10, 30, 9, 30)))).toBe('30 November 2026, 09:30 UTC');
  expect(writtenDate(instant(Date.UTC(2028, 1, 29, 0, 0)))).toBe('29 February 2028, 00:00 UTC');
});

test('the date of the header is the one that JavaScript knows, in the words of RFC 5322', () => {
  for (let day = 0; day < 400; day += 1) {
    const at = plusMs(NOW, day * DAY + day * 61 * SECOND);
    expect(headerDate(at)).toBe(new Date(at).toUTCString().replace('GMT', '+0000'));
  }
});
