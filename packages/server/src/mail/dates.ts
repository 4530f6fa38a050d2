import { DAY_MS, formatInstant, type Instant, MINUTE_MS } from '@claviger/core';

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const;
/** The first day that there is was a Thursday. */
const WEEKDAYS = ['Thu', 'Fri', 'Sat', 'Sun', 'Mon', 'Tue', 'Wed'] as const;
const HOUR_MS = 60 * MINUTE_MS;

/** `30 November 2026, 09:30 UTC`: readable everywhere, and no time zone to guess. */
export function writtenDate(at: Instant): string {
  const { day, month, year, time } = partsOf(at);
  return `${Number(day)} ${month} ${year}, ${time.slice(0, 5)} UTC`;
}

/** `Mon, 30 Nov 2026 09:30:00 +0000`, as RFC 5322 has it. */
export function headerDate(at: Instant): string {
  const { day, month, year, time } = partsOf(at);
  const weekday = WEEKDAYS[Math.floor(at / DAY_MS) % WEEKDAYS.length] ?? '';
  return `${weekday}, ${day} ${month.slice(0, 3)} ${year} ${time} +0000`;
}

/**
 * How long it is until an instant, as the mail leaves (R5): never more than is left, but for a moment. Whole days from two
 * days on, with an hour's grace so that "7 days" does not become 6 while the mail waits its turn; then hours, then minutes.
 */
export function spanUntil(at: Instant, now: Instant): string {
  const ms = Math.max(0, at - now);
  const days = Math.floor((ms + HOUR_MS) / DAY_MS);
  if (days >= 2) return `${days} days`;
  if (days === 1 && ms <= DAY_MS + HOUR_MS) return '1 day';
  const hours = Math.floor((ms + MINUTE_MS) / HOUR_MS);
  if (hours >= 1) return counted(hours, 'hour');
  const minutes = Math.floor(ms / MINUTE_MS);
  return minutes >= 1 ? counted(minutes, 'minute') : 'less than a minute';
}

/** `1 key`, `2 keys`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function partsOf(at: Instant) {
  const text = formatInstant(at);
  const [year, month, day] = [text.slice(0, 4), text.slice(5, 7), text.slice(8, 10)];
  return { year, month: MONTHS[Number(month) - 1] ?? '', day, time: text.slice(11, 19) };
}
