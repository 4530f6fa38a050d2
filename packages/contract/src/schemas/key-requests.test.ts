import { expect, test } from 'vitest';
import type { z } from 'zod';
import { parseInput } from '../input-errors.ts';
import {
  createKeyBody,
  editKeyBody,
  forceExpireBody,
  listKeysQuery,
  presentedKeyBody,
  rotateKeyBody,
  waitQuery,
} from './key-requests.ts';

const KEY = { kind: 'master', name: 'deploy' } as const;
const PERMISSION = { resource_type: 'database', operation: 'query', ids: ['sales'] };

/** `ok`, or what is wrong, as `pointer code`. */
function verdict(schema: z.ZodType, input: unknown): string {
  const parsed = parseInput(schema, input);
  return parsed.ok ? 'ok' : parsed.refusal.map(({ pointer, code }) => `${pointer} ${code}`).join(', ');
}

test.each([
  { days: 1, expected: 'ok' },
  { days: 365, expected: 'ok' },
  { days: null, expected: 'ok' },
  { days: 0, expected: '/lifespan_days out_of_range' },
  { days: -1, expected: '/lifespan_days out_of_range' },
  { days: 366, expected: '/lifespan_days out_of_range' },
  { days: 1.5, expected: '/lifespan_days wrong_type' },
  { days: Number.POSITIVE_INFINITY, expected: '/lifespan_days wrong_type' },
  { days: 'x', expected: '/lifespan_days wrong_type' },
  { days: '90', expected: '/lifespan_days wrong_type' },
  { days: true, expected: '/lifespan_days wrong_type' },
  { days: [], expected: '/lifespan_days wrong_type' },
  { days: [90], expected: '/lifespan_days wrong_type' },
  { days: {}, expected: '/lifespan_days wrong_type' },
])('a lifespan of $days is $expected, and a refusal names both limits (E1)', ({ days, expected }) => {
  const body = { ...KEY, lifespan_days: days };
  expect(verdict(createKeyBody, body)).toBe(expected);
  const parsed = parseInput(createKeyBody, body);
  const details = parsed.ok ? [] : parsed.refusal.map(({ detail }) => detail);
  for (const detail of details) expect(detail).toMatch(/\b1 to 365\b/);
});

test('an absent lifespan stays absent: the policy decides (E4, E5)', () => {
  expect(parseInput(createKeyBody, KEY)).toEqual({ ok: true, value: KEY });
});

test.each([
  { title: 'nothing', name: '', expected: '/name too_short' },
  { title: 'one character', name: 'a', expected: 'ok' },
  { title: '200 characters', name: 'a'.repeat(200), expected: 'ok' },
  { title: '201 characters', name: 'a'.repeat(201), expected: '/name too_long' },
  { title: '200 characters of two code units each', name: '😀'.repeat(200), expected: 'ok' },
  { title: '201 characters of two code units each', name: '😀'.repeat(201), expected: '/name too_long' },
  { title: 'spaces only', name: '   ', expected: '/name wrong_format' },
  { title: 'a line break', name: 'a\nb', expected: '/name wrong_format' },
  { title: 'a NUL', name: 'a\u0000b', expected: '/name wrong_format' },
  { title: 'an escape for terminals', name: '\u001b[2J', expected: '/name wrong_format' },
  { title: 'half a character', name: 'a\ud800', expected: '/name wrong_format' },
  { title: 'a number', name: 7, expected: '/name wrong_type' },
])('a name that is $title: $expected', ({ name, expected }) => {
  // An empty name is also no visible one; it is told once, in the same words.
  expect(verdict(createKeyBody, { ...KEY, name })).toBe(expected);
});

/** `{"note":"…"}` takes 11 bytes beside the text. */
const AROUND_NOTE = JSON.stringify({ note: '' }).length;

test.each([
  { title: '4,096 bytes', metadata: { note: 'a'.repeat(4_096 - AROUND_NOTE) }, expected: 'ok' },
  { title: '4,097 bytes', metadata: { note: 'a'.repeat(4_097 - AROUND_NOTE) }, expected: '/metadata too_large' },
  { title: '4,094 bytes in characters of three', metadata: { note: '€'.repeat(1_361) }, expected: 'ok' },
  {
    title: '4,097 bytes in characters of three',
    metadata: { note: '€'.repeat(1_362) },
    expected: '/metadata too_large',
  },
  { title: 'a list', metadata: [], expected: '/metadata wrong_type' },
  { title: 'a text', metadata: 'x', expected: '/metadata wrong_type' },
  { title: 'nested values', metadata: { team: { name: 'a', ids: [1, null, true] } }, expected: 'ok' },
])('metadata of $title: $expected', ({ metadata, expected }) => {
  expect(verdict(createKeyBody, { ...KEY, metadata })).toBe(expected);
  expect(verdict(editKeyBody, { metadata })).toBe(expected);
});

test.each([
  { title: 'all resources', ids: ['*'], expected: 'ok' },
  { title: 'a prefix', ids: ['sales_*'], expected: 'ok' },
  { title: 'no resource', ids: [], expected: '/permissions/0/ids too_few' },
  { title: 'a star in the middle', ids: ['a*b'], expected: '/permissions/0/ids/0 wrong_format' },
  { title: 'two stars', ids: ['a**'], expected: '/permissions/0/ids/0 wrong_format' },
  { title: '100 names', ids: Array.from({ length: 100 }, (_, index) => `d${index}`), expected: 'ok' },
  {
    title: '101 names',
    ids: Array.from({ length: 101 }, (_, index) => `d${index}`),
    expected: '/permissions/0/ids too_many',
  },
  { title: 'a name of 200 characters', ids: ['a'.repeat(200)], expected: 'ok' },
  { title: 'a name of 201 characters', ids: ['a'.repeat(201)], expected: '/permissions/0/ids/0 too_long' },
])('a permission on $title: $expected (P2)', ({ ids, expected }) => {
  expect(verdict(createKeyBody, { ...KEY, permissions: [{ ...PERMISSION, ids }] })).toBe(expected);
});

test.each([
  { title: 'null, not narrowed', permissions: null, expected: 'ok' },
  { title: 'empty, nothing', permissions: [], expected: 'ok' },
  { title: '100 long', permissions: Array.from({ length: 100 }, () => PERMISSION), expected: 'ok' },
  { title: '101 long', permissions: Array.from({ length: 101 }, () => PERMISSION), expected: '/permissions too_many' },
  {
    title: 'without ids, which are required',
    permissions: [{ resource_type: 'database', operation: 'query' }],
    expected: '/permissions/0/ids missing',
  },
])('a list of permissions that is $title: $expected (K5, P2)', ({ permissions, expected }) => {
  expect(verdict(editKeyBody, { permissions })).toBe(expected);
});

test.each([
  { title: '100 ranges', edit: { allowed_ips: Array.from({ length: 100 }, () => '10.0.0.0/8') }, expected: 'ok' },
  {
    title: '101 ranges',
    edit: { allowed_ips: Array.from({ length: 101 }, () => '10.0.0.0/8') },
    expected: '/allowed_ips too_many',
  },
  {
    title: '50 origins',
    edit: { allowed_origins: Array.from({ length: 50 }, () => 'https://a.example') },
    expected: 'ok',
  },
  {
    title: '51 origins',
    edit: { allowed_origins: Array.from({ length: 51 }, () => 'https://a.example') },
    expected: '/allowed_origins too_many',
  },
  { title: 'the largest rate', edit: { rate_limit: { requests: 1_000_000, per_seconds: 86_400 } }, expected: 'ok' },
  {
    title: 'a rate too large',
    edit: { rate_limit: { requests: 1_000_001, per_seconds: 86_401 } },
    expected: '/rate_limit/requests out_of_range, /rate_limit/per_seconds out_of_range',
  },
  { title: 'no rate limit', edit: { rate_limit: null }, expected: 'ok' },
  { title: 'nothing at all', edit: {}, expected: 'ok' },
  {
    title: 'another lifespan, which no call may set',
    edit: { lifespan_days: 1 },
    expected: '/lifespan_days unknown_field',
  },
  { title: 'another owner', edit: { owner_id: 'usr_AAAAAAAAAAAAAAAAAAAA' }, expected: '/owner_id unknown_field' },
  { title: 'another expiry', edit: { expires_at: '2027-01-01T00:00:00.000Z' }, expected: '/expires_at unknown_field' },
])('a key may be edited with $title: $expected (K5, E4)', ({ edit, expected }) => {
  expect(verdict(editKeyBody, edit)).toBe(expected);
});

test.each([
  { seconds: 0, expected: 'ok' },
  { seconds: 2_592_000, expected: 'ok' },
  { seconds: 2_592_001, expected: '/overlap_seconds out_of_range' },
  { seconds: -1, expected: '/overlap_seconds out_of_range' },
  { seconds: 0.5, expected: '/overlap_seconds wrong_type' },
  { seconds: null, expected: '/overlap_seconds wrong_type' },
  { seconds: undefined, expected: '/overlap_seconds missing' },
])('an overlap of $seconds seconds: $expected (X5)', ({ seconds, expected }) => {
  expect(verdict(rotateKeyBody, seconds === undefined ? {} : { overlap_seconds: seconds })).toBe(expected);
});

test.each([
  { body: { reason: 'compromised' }, expected: 'ok' },
  { body: { reason: 'other', note: 'lost laptop\nin the train', include_descendants: true }, expected: 'ok' },
  { body: { reason: 'other', note: 'a'.repeat(1_000) }, expected: 'ok' },
  { body: { reason: 'other', note: 'a'.repeat(1_001) }, expected: '/note too_long' },
  { body: { reason: 'bored' }, expected: '/reason not_allowed_value' },
  { body: {}, expected: '/reason missing' },
  { body: { reason: 'other', include_descendants: 'yes' }, expected: '/include_descendants wrong_type' },
])('a force-expire with $body: $expected (X2)', ({ body, expected }) => {
  expect(verdict(forceExpireBody, body)).toBe(expected);
});

test('any text may be presented, however it looks: the answer must not depend on it (K12)', () => {
  for (const key of ['', 'x', '\u0000', 'a'.repeat(60_000)]) expect(verdict(presentedKeyBody, { key })).toBe('ok');
  expect(verdict(presentedKeyBody, { key: 7 })).toBe('/key wrong_type');
});

test.each([
  { query: {}, expected: 'ok' },
  { query: { limit: '1' }, expected: 'ok' },
  { query: { limit: '100' }, expected: 'ok' },
  { query: { limit: '0' }, expected: '/limit out_of_range' },
  { query: { limit: '101' }, expected: '/limit out_of_range' },
  { query: { limit: '' }, expected: '/limit wrong_format' },
  { query: { limit: '1e1' }, expected: '/limit wrong_format' },
  { query: { limit: ' 5' }, expected: '/limit wrong_format' },
  { query: { limit: '05' }, expected: '/limit wrong_format' },
  { query: { unused_days: '0' }, expected: '/unused_days out_of_range' },
  { query: { unused_days: '3650' }, expected: 'ok' },
  { query: { unused_days: '3651' }, expected: '/unused_days out_of_range' },
  { query: { expires_before: '2026-01-31T08:00:00Z' }, expected: 'ok' },
  { query: { expires_before: '2026-01-31T08:00:00.125Z' }, expected: 'ok' },
  { query: { expires_before: '1970-01-01T00:00:00Z' }, expected: 'ok' },
  { query: { expires_before: '1969-12-31T23:59:59Z' }, expected: '/expires_before wrong_format' },
  { query: { expires_before: '2026-02-30T08:00:00Z' }, expected: '/expires_before wrong_format' },
  { query: { expires_before: '2026-01-31T08:00:00+01:00' }, expected: '/expires_before wrong_format' },
  { query: { expires_before: '2026-01-31T08:00Z' }, expected: '/expires_before wrong_format' },
  { query: { expires_before: '2026-01-31T08:00:00.1234Z' }, expected: '/expires_before wrong_format' },
  { query: { expires_before: '1767225600000' }, expected: '/expires_before wrong_format' },
  { query: { status: 'gone' }, expected: '/status not_allowed_value' },
  { query: { owner_id: 'me' }, expected: '/owner_id wrong_format' },
  { query: { owner: 'usr_AAAAAAAAAAAAAAAAAAAA' }, expected: '/owner unknown_field' },
])('keys listed by $query: $expected', ({ query, expected }) => {
  expect(verdict(listKeysQuery, query)).toBe(expected);
});

test('a list without a limit has 20 rows, and numbers in a query become numbers', () => {
  expect(parseInput(listKeysQuery, { unused_days: '30' })).toEqual({ ok: true, value: { limit: 20, unused_days: 30 } });
});

test.each([
  { query: {}, expected: 'ok' },
  { query: { wait: 'applied', timeout_ms: '30000' }, expected: 'ok' },
  { query: { wait: 'applied', timeout_ms: '30001' }, expected: '/timeout_ms out_of_range' },
  { query: { wait: 'yes' }, expected: '/wait not_allowed_value' },
])('waiting with $query: $expected (D6)', ({ query, expected }) => {
  expect(verdict(waitQuery, query)).toBe(expected);
});
