import { DAY_MS, formatInstant, type Instant } from '@claviger/core';

/** Days. Expiries lie within a year or two; more days than this are kept for nobody. */
const DAYS_KEPT = 1_024;

const startsOfDays = new Map<number, string>();

/**
 * Writes an instant as `formatInstant` does, several times as fast: the date is looked up by its day, only the time of day
 * is worked out. Every answer about a key that expires has one.
 */
export function instantText(at: Instant): string {
  const day = Math.floor(at / DAY_MS);
  const ms = at - day * DAY_MS;
  const seconds = Math.floor(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  const time = `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}:${two(seconds % 60)}`;
  return `${startOfDay(day)}${time}.${three(ms % 1000)}Z`;
}

/** `YYYY-MM-DDT`. */
function startOfDay(day: number): string {
  const known = startsOfDays.get(day);
  if (known !== undefined) return known;
  if (startsOfDays.size >= DAYS_KEPT) startsOfDays.clear();
  const start = formatInstant((day * DAY_MS) as Instant).slice(0, 11);
  startsOfDays.set(day, start);
  return start;
}

function two(value: number): string {
  return value < 10 ? `0${value}` : `${value}`;
}

function three(value: number): string {
  return value < 100 ? `0${two(value)}` : `${value}`;
}
