import {
  EMAIL_LONGEST,
  LIFESPAN_DAYS_LONGEST,
  LIFESPAN_DAYS_SHORTEST,
  NAME_LONGEST,
  NOTE_LONGEST,
  PASSWORD_DEFAULT_SHORTEST,
  PASSWORD_LONGEST,
  PASSWORD_SHORTEST,
} from '@claviger/core';
import { z } from 'zod';

/** Neither control characters nor line separators nor halves of characters: fit for a terminal, a mail header, any database. */
const ONE_LINE = /^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}]*$/u;
/** The same, but tabs and line breaks may stand in it. */
const SEVERAL_LINES = /^(?:[^\p{Cc}\p{Cs}]|[\t\n\r])*$/u;

/**
 * A text of `shortest` to `longest` characters, counted as people and JSON Schema do, by code points: an emoji is one
 * character, not two.
 */
export function text(shortest: number, longest: number, tooFewOrMany = lengthText(shortest, longest)): z.ZodString {
  return z
    .string({ error: tooFewOrMany })
    .check((given) => {
      const length = codePoints(given.value);
      const report = { origin: 'string', inclusive: true, input: given.value, message: tooFewOrMany } as const;
      if (length < shortest) given.issues.push({ ...report, code: 'too_small', minimum: shortest });
      if (length > longest) given.issues.push({ ...report, code: 'too_big', maximum: longest });
    })
    .meta({ ...(shortest > 0 ? { minLength: shortest } : {}), maxLength: longest });
}

/** A name: 1 to 200 characters on one line, not only spaces. */
export function name(): z.ZodString {
  const length = `must be 1 to ${NAME_LONGEST} characters long and not only spaces`;
  return line(1, NAME_LONGEST, length).regex(/\S/u, { error: length });
}

/** A text on one line. */
export function line(shortest: number, longest: number, tooFewOrMany = lengthText(shortest, longest)): z.ZodString {
  return text(shortest, longest, tooFewOrMany).regex(ONE_LINE, {
    error: 'must be on one line, without control characters',
  });
}

/** A free text, up to 1,000 characters, that may have several lines. */
export function note(): z.ZodString {
  return text(0, NOTE_LONGEST, `must be at most ${NOTE_LONGEST} characters long`).regex(SEVERAL_LINES, {
    error: 'must not hold control characters other than tabs and line breaks',
  });
}

/** An e-mail address, at most 254 characters, as browsers accept it. */
export function email(): z.ZodEmail {
  const error = `must be an e-mail address of at most ${EMAIL_LONGEST} characters`;
  return z.email({ pattern: z.regexes.html5Email, error }).max(EMAIL_LONGEST, { error });
}

/** A password that somebody chooses for an account; the account's own minimum may be longer (U7). */
export function chosenPassword(): z.ZodString {
  return text(PASSWORD_SHORTEST, PASSWORD_LONGEST);
}

/** A password that somebody chooses before there are any settings (T4). */
export function newPassword(): z.ZodString {
  return text(PASSWORD_DEFAULT_SHORTEST, PASSWORD_LONGEST);
}

/** A password to compare with the stored one: whatever could ever have been chosen. */
export function presentedPassword(): z.ZodString {
  return text(1, PASSWORD_LONGEST);
}

/** A whole number between two limits; one text for every way to miss it, so that `"x"` and `[]` too learn the limits. */
export function wholeNumber(smallest: number, largest: number, unit: string): z.ZodInt {
  const error = `must be a whole number of ${unit} from ${smallest} to ${largest}`;
  return z.int({ error }).min(smallest, { error }).max(largest, { error });
}

/** A lifespan in days, 1 to 365, or null for never (E1). */
export function lifespanDays(): z.ZodNullable<z.ZodInt> {
  const error = `must be null (never) or a whole number of days from ${LIFESPAN_DAYS_SHORTEST} to ${LIFESPAN_DAYS_LONGEST}`;
  return z.int({ error }).min(LIFESPAN_DAYS_SHORTEST, { error }).max(LIFESPAN_DAYS_LONGEST, { error }).nullable();
}

/** A whole number in a query, where everything arrives as text. */
export function wholeNumberText(
  smallest: number,
  largest: number,
  unit: string,
): z.ZodPipe<z.ZodPipe<z.ZodString, z.ZodTransform<number, string>>, z.ZodInt> {
  const error = `must be a whole number of ${unit} from ${smallest} to ${largest}`;
  return z
    .string({ error })
    .regex(/^(?:0|[1-9]\d{0,8})$/, { error })
    .transform(Number)
    .pipe(wholeNumber(smallest, largest, unit));
}

/** An instant that a client names in a filter: RFC 3339, UTC, the years 1970 to 9999. */
export function askedInstant(): z.ZodISODateTime {
  const error = 'must be an instant in UTC, for example 2026-01-31T08:00:00Z or 2026-01-31T08:00:00.000Z';
  return z.iso.datetime({ error }).regex(/^(?:19[7-9]|[2-9]\d\d)\d-.{14}(?:\.\d{1,3})?Z$/, { error });
}

/** An instant in an answer: RFC 3339, UTC, with milliseconds. */
export function instant(): z.ZodISODateTime {
  return z.iso.datetime({ precision: 3 });
}

/** A UTC day in an answer, `2028-02-29`. */
export function utcDate(): z.ZodISODate {
  return z.iso.date();
}

/** The number of a change, `<epoch>.<n>` (D2). */
export function version(): z.ZodString {
  return z
    .string({ error: 'must be a version, for example 1.412' })
    .regex(/^[1-9]\d{0,8}\.(?:0|[1-9]\d{0,14})$/, { error: 'must be a version, for example 1.412' });
}

export const accountId = (): z.ZodString => id('acc', 20);
export const userId = (): z.ZodString => id('usr', 20);
export const policyId = (): z.ZodString => id('pol', 20);
export const invitationId = (): z.ZodString => id('inv', 20);
export const mailId = (): z.ZodString => id('mail', 20);
export const sessionId = (): z.ZodString => id('ses', 20);
export const eventId = (): z.ZodString => id('evt', 20);
export const webhookId = (): z.ZodString => id('whk', 20);
export const keyId = (): z.ZodString => id('key', 12);
export const internalKeyId = (): z.ZodString => id('ikey', 12);

function id(prefix: string, length: number): z.ZodString {
  const error = `must be an id: ${prefix}_ and ${length} letters or digits`;
  return z.string({ error }).regex(new RegExp(`^${prefix}_[0-9A-Za-z]{${length}}$`), { error });
}

function lengthText(shortest: number, longest: number): string {
  return `must be ${shortest} to ${longest} characters long`;
}

function codePoints(value: string): number {
  let count = 0;
  for (const _character of value) count += 1;
  return count;
}
