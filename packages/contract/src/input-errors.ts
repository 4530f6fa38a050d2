import { type Result, JSON_DEPTH_LARGEST } from '@claviger/core';
import { z } from 'zod';
import { isJsonShallow } from './json-size.ts';
import type { inputError } from './schemas/problem.ts';

/** What is wrong with one field: where, a word that never changes, and what is wanted instead. */
export type InputError = z.output<typeof inputError>;

const UNKNOWN_TEXT = 'a field of this name is not known here';

/** Longer names of unknown fields are not repeated: somebody may have sent a secret as a name. */
const REPEATED_NAME = /^[A-Za-z_][A-Za-z0-9_-]{0,31}$/;

/**
 * Parses a body or query, or lists everything that is wrong with it. What was sent is never repeated in the texts.
 * Prefer this to a schema's own `safeParse`: it words the texts and refuses what is nested too deep before walking it.
 */
export function parseInput<Schema extends z.ZodType>(
  schema: Schema,
  input: unknown,
): Result<z.output<Schema>, readonly InputError[]> {
  if (!isJsonShallow(input)) {
    return refused([
      { pointer: '', code: 'too_deep', detail: `must be nested at most ${JSON_DEPTH_LARGEST} levels deep` },
    ]);
  }
  const parsed = schema.safeParse(input, { error: wording });
  return parsed.success ? { ok: true, value: parsed.data } : refused(problemErrors(parsed.error, input));
}

/** Turns the issues of a failed parse of `input` into the wire's `errors`, each place with its JSON pointer (RFC 6901). */
export function problemErrors(error: z.ZodError, input: unknown): readonly InputError[] {
  // By a map, not by comparing each with each: somebody may send ten thousand unknown fields.
  const errors = new Map<string, InputError>();
  for (const issue of error.issues) {
    for (const entry of errorsOf(issue, input)) {
      const name = `${entry.pointer}\n${entry.detail}`;
      if (!errors.has(name)) errors.set(name, entry);
    }
  }
  return [...errors.values()];
}

/** A JSON pointer: `~` and `/` inside a name are escaped. */
export function jsonPointer(path: readonly PropertyKey[]): string {
  return path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

function refused(errors: readonly InputError[]): { readonly ok: false; readonly refusal: readonly InputError[] } {
  return { ok: false, refusal: errors };
}

function errorsOf(issue: z.core.$ZodIssue, input: unknown): readonly InputError[] {
  if (issue.code === 'unrecognized_keys') return issue.keys.map((name) => unknownField(issue, name));
  return [{ pointer: jsonPointer(issue.path), code: codeOf(issue, input), detail: issue.message }];
}

function unknownField({ path, message }: z.core.$ZodIssueUnrecognizedKeys, name: string): InputError {
  // A text that is not ours would repeat the name.
  const detail = message.startsWith(UNKNOWN_TEXT) ? message : UNKNOWN_TEXT;
  const isRepeated = REPEATED_NAME.test(name);
  return { pointer: jsonPointer(isRepeated ? [...path, name] : path), code: 'unknown_field', detail };
}

function codeOf(issue: z.core.$ZodIssue, input: unknown): string {
  if (issue.code === 'invalid_type' || issue.code === 'invalid_value') {
    if (valueAt(input, issue.path) === undefined) return 'missing';
    return issue.code === 'invalid_type' ? 'wrong_type' : 'not_allowed_value';
  }
  if (issue.code === 'too_big') return sizeCode(issue.origin, ['too_long', 'too_many', 'too_large']);
  if (issue.code === 'too_small') return sizeCode(issue.origin, ['too_short', 'too_few', 'too_small']);
  return issue.code === 'invalid_format' ? 'wrong_format' : 'not_allowed';
}

function sizeCode(origin: string, [ofText, ofList, ofRest]: readonly [string, string, string]): string {
  if (origin === 'string') return ofText;
  if (origin === 'array' || origin === 'set') return ofList;
  return origin === 'object' || origin === 'map' ? ofRest : 'out_of_range';
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Readonly<Record<PropertyKey, unknown>>)[step];
  }
  return value;
}

/** Texts for what the schemas leave unworded. */
function wording(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.input === undefined && (issue.code === 'invalid_type' || issue.code === 'invalid_value'))
    return 'is required';
  if (issue.code === 'invalid_type') return `must be ${NOUNS[issue.expected] ?? issue.expected}`;
  if (issue.code === 'invalid_value') return `must be one of: ${issue.values.map(String).join(', ')}`;
  return issue.code === 'unrecognized_keys' ? unknownText(issue.inst) : undefined;
}

function unknownText(schema: z.core.$ZodRawIssue['inst']): string {
  if (!(schema instanceof z.ZodObject)) return UNKNOWN_TEXT;
  const known = Object.keys(schema.shape);
  return known.length === 0 ? `${UNKNOWN_TEXT}: nothing is` : `${UNKNOWN_TEXT}; known are: ${known.join(', ')}`;
}

const NOUNS: Readonly<Record<string, string>> = {
  object: 'an object',
  array: 'a list',
  string: 'a text',
  boolean: 'true or false',
  number: 'a number',
  int: 'a whole number',
};
