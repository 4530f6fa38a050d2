import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { type InputError, jsonPointer, parseInput, problemErrors } from './input-errors.ts';
import { ROUTE_NAMES, routeOf } from './routes.ts';
import { createKeyBody, listKeysQuery } from './schemas/key-requests.ts';

function errorsOf(schema: z.ZodType, input: unknown): readonly InputError[] {
  const parsed = parseInput(schema, input);
  return parsed.ok ? [] : parsed.refusal;
}

test('everything that is wrong is listed at once, each with its pointer (T3)', () => {
  const input = {
    kind: 'reader',
    lifespan_days: 0,
    rate_limit: { requests: 0, per_seconds: 'x', burst: 3 },
    colour: 1,
  };
  expect(errorsOf(createKeyBody, input)).toEqual([
    { pointer: '/kind', code: 'not_allowed_value', detail: 'must be master or write_only' },
    { pointer: '/name', code: 'missing', detail: 'must be 1 to 200 characters long and not only spaces' },
    {
      pointer: '/lifespan_days',
      code: 'out_of_range',
      detail: 'must be null (never) or a whole number of days from 1 to 365',
    },
    {
      pointer: '/rate_limit/requests',
      code: 'out_of_range',
      detail: 'must be a whole number of requests from 1 to 1000000',
    },
    {
      pointer: '/rate_limit/per_seconds',
      code: 'wrong_type',
      detail: 'must be a whole number of seconds from 1 to 86400',
    },
    {
      pointer: '/rate_limit/burst',
      code: 'unknown_field',
      detail: 'a field of this name is not known here; known are: requests, per_seconds',
    },
    {
      pointer: '/colour',
      code: 'unknown_field',
      detail:
        'a field of this name is not known here; known are: kind, name, owner_id, lifespan_days, permissions, allowed_ips, allowed_origins, rate_limit, metadata',
    },
  ]);
});

test.each([
  { title: 'no object', input: 'x', error: { pointer: '', code: 'wrong_type', detail: 'must be an object' } },
  { title: 'a list', input: [], error: { pointer: '', code: 'wrong_type', detail: 'must be an object' } },
  { title: 'nothing', input: undefined, error: { pointer: '', code: 'missing', detail: 'is required' } },
])('a body that is $title is told so', ({ input, error }) => {
  expect(errorsOf(createKeyBody, input)).toEqual([error]);
});

test('places in lists are numbered from 0', () => {
  const permission = { resource_type: 'database', operation: 'query', ids: ['a', ''] };
  expect(errorsOf(createKeyBody, { kind: 'master', name: 'n', permissions: [permission] })).toEqual([
    { pointer: '/permissions/0/ids/1', code: 'too_short', detail: 'must be 1 to 200 characters long' },
  ]);
});

test('a value nested too deep is refused before it is walked', () => {
  const deep: unknown = JSON.parse(`${'['.repeat(5_000)}${']'.repeat(5_000)}`);
  expect(errorsOf(createKeyBody, { kind: 'master', name: 'n', metadata: { deep } })).toEqual([
    { pointer: '', code: 'too_deep', detail: 'must be nested at most 32 levels deep' },
  ]);
});

test.each([
  { path: [], pointer: '' },
  { path: ['a', 0, 'b'], pointer: '/a/0/b' },
  { path: ['a/b', 'm~n', '~1'], pointer: '/a~1b/m~0n/~01' },
  { path: [''], pointer: '/' },
])('the pointer $pointer is escaped as RFC 6901 says', ({ path, pointer }) => {
  expect(jsonPointer(path)).toBe(pointer);
});

test('an unknown field named __proto__ is refused like any other', () => {
  const input: unknown = JSON.parse('{"kind":"master","name":"n","__proto__":{"is_admin":true}}');
  expect(errorsOf(createKeyBody, input).map(({ pointer, code }) => [pointer, code])).toEqual([
    ['/__proto__', 'unknown_field'],
  ]);
});

test('a parameter given twice is refused, not guessed at', () => {
  expect(errorsOf(listKeysQuery, { limit: ['1', '2'] }).map(({ pointer, code }) => [pointer, code])).toEqual([
    ['/limit', 'wrong_type'],
  ]);
});

test('texts for a schema that was parsed elsewhere never repeat a name of ours', () => {
  const input = { clv_master_AbCdEfGhIjKlMnOpQrStUvWxYz0123456789: 1 };
  const error = z.strictObject({}).safeParse(input).error ?? new z.ZodError([]);
  expect(problemErrors(error, input)).toEqual([
    { pointer: '', code: 'unknown_field', detail: 'a field of this name is not known here' },
  ]);
});

const SECRET = 'clv_master_7Hq2Zk9WmX4b0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabc';

/** Puts a secret where a careless client may put it: as a value, in a list, as a name, inside something else. */
const careless = fc.constantFrom<unknown>(
  SECRET,
  [SECRET],
  { [SECRET]: 1 },
  [{ secret: SECRET }],
  `${SECRET}\n`.repeat(40),
  { lifespan_days: SECRET, name: SECRET, email: SECRET, requests: SECRET, ids: [SECRET, `*${SECRET}`] },
);

test.each(ROUTE_NAMES.filter((name) => routeOf(name).body !== null || routeOf(name).query !== null))(
  'the errors of %s never repeat what was sent: it may be a secret (A3, T3)',
  (name) => {
    const { body, query } = routeOf(name);
    for (const schema of [body, query]) {
      if (!(schema instanceof z.ZodObject)) continue;
      const names = [...Object.keys(schema.shape), SECRET];
      fc.assert(
        fc.property(fc.dictionary(fc.constantFrom(...names), careless), (input) => {
          expect(JSON.stringify(errorsOf(schema, input))).not.toContain(SECRET.slice(0, 24));
        }),
        { numRuns: 50 },
      );
    }
  },
);
