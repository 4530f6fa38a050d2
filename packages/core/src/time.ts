import type { Brand } from './brand.ts';

/** A moment, in whole milliseconds since 1970-01-01T00:00:00Z. */
export type Instant = Brand<number, 'Instant'>;

/** A day is 86,400 s, whatever the calendar says of daylight saving (E1). */
export const DAY_MS = 86_400_000;
/** One minute in milliseconds. */
export const HOUR_MS = 3_600_000;
export const MINUTE_MS = 60_000;

/** The latest instant that RFC 3339 can write with a four-digit year. */
const LATEST_MS = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** Takes a count of milliseconds for an instant, or null when it is none (fraction, NaN, outside the years 1970 to 9999). */
export function parseInstantMs(value: number): Instant | null {
  return Number.isSafeInteger(value) && value >= 0 && value <= LATEST_MS ? (value as Instant) : null;
}

/** Turns milliseconds that are known to be good (a clock, a stored row) into an instant; throws on anything else. */
export function instant(ms: number): Instant {
  const parsed = parseInstantMs(ms);
  if (parsed === null) throw new RangeError(`not an instant: ${ms}`);
  return parsed;
}

/** Writes an instant as the wire does: RFC 3339, UTC, milliseconds. */
export function formatInstant(at: Instant): string {
  return new Date(at).toISOString();
}

/** Reads an RFC 3339 instant in UTC (`…Z`, with or without milliseconds), or null. */
export function parseInstant(text: string): Instant | null {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,3})?Z$/.test(text)) return null;
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) return null;
  // `Date.parse` rolls 30 February over to March; such a text names no instant.
  const back = new Date(ms).toISOString();
  return back.slice(0, 19) === text.slice(0, 19) ? parseInstantMs(ms) : null;
}

/** The UTC day of an instant, counted from 1970-01-01: all UTC days are 86,400 s long, whatever the calendar or daylight saving say. */
export function utcDayOf(at: Instant): number {
  return Math.floor(at / DAY_MS);
}

/** Writes a UTC day as the wire does, `2028-02-29`. */
export function formatUtcDay(day: number): string {
  return formatInstant(instant(day * DAY_MS)).slice(0, 10);
}

/** The instant `ms` milliseconds after `at`, at most the last instant of the year 9999. */
export function plusMs(at: Instant, ms: number): Instant {
  return Math.min(at + ms, LATEST_MS) as Instant;
}

/** The earlier of two ends, where null is "never". */
export function earlierEnd(a: Instant | null, b: Instant | null): Instant | null {
  if (a === null) return b;
  if (b === null) return a;
  return a < b ? a : b;
}
