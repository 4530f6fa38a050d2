import { expect, test } from 'vitest';
import type { z } from 'zod';
import { parseInput } from '../input-errors.ts';
import { decision, question, questionsBody } from './verification.ts';

const KEY = { key: 'clv_master_of_a_test' };

/** `ok`, or what is wrong, as `pointer code`. */
function verdict(schema: z.ZodType, input: unknown): string {
  const parsed = parseInput(schema, input);
  return parsed.ok ? 'ok' : parsed.refusal.map(({ pointer, code }) => `${pointer} ${code}`).join(', ');
}

test.each([
  { asked: { ...KEY, operation: 'import', resource: 'database:sales' }, expected: 'ok' },
  { asked: { ...KEY, authenticate_only: true }, expected: 'ok' },
  {
    asked: {
      ...KEY,
      operation: 'import',
      resource: 'database:a:b',
      ip: '203.0.113.7',
      origin: 'null',
      min_version: '1.0',
    },
    expected: 'ok',
  },
  { asked: KEY, expected: ' not_allowed' },
  { asked: { ...KEY, operation: 'import' }, expected: ' not_allowed' },
  { asked: { ...KEY, resource: 'database:sales' }, expected: ' not_allowed' },
  {
    asked: { ...KEY, operation: 'import', resource: 'database:sales', authenticate_only: true },
    expected: ' not_allowed',
  },
  { asked: { ...KEY, authenticate_only: false }, expected: '/authenticate_only not_allowed_value' },
  { asked: { authenticate_only: true }, expected: '/key missing' },
  { asked: { key: 7, authenticate_only: true }, expected: '/key wrong_type' },
  { asked: {}, expected: '/key missing,  not_allowed' },
  { asked: { ...KEY, operation: 'import', resource: 'sales' }, expected: '/resource wrong_format' },
  { asked: { ...KEY, operation: 'import', resource: ':sales' }, expected: '/resource wrong_format' },
  { asked: { ...KEY, operation: 'import', resource: 'database:' }, expected: '/resource wrong_format' },
  { asked: { ...KEY, operation: '', resource: 'database:sales' }, expected: '/operation too_short' },
  { asked: { ...KEY, operation: 'o'.repeat(65), resource: 'database:sales' }, expected: '/operation too_long' },
  { asked: { ...KEY, authenticate_only: true, min_version: '0.1' }, expected: '/min_version wrong_format' },
  { asked: { ...KEY, authenticate_only: true, min_version: '1.' }, expected: '/min_version wrong_format' },
  { asked: { ...KEY, authenticate_only: true, scope: 'all' }, expected: '/scope unknown_field' },
])('the question $asked: $expected (D8)', ({ asked, expected }) => {
  expect(verdict(question, asked)).toBe(expected);
});

test('a question may present any text: how it looks is for the decision to say (K6)', () => {
  for (const key of ['', ' ', '\u0000', 'k'.repeat(10_000)]) {
    expect(verdict(question, { key, authenticate_only: true })).toBe('ok');
  }
});

test.each([
  { count: 0, expected: '/questions too_few' },
  { count: 1, expected: 'ok' },
  { count: 1_000, expected: 'ok' },
  { count: 1_001, expected: '/questions too_many' },
])('a batch of $count questions: $expected (D8)', ({ count, expected }) => {
  const questions = Array.from({ length: count }, () => ({ ...KEY, authenticate_only: true }));
  expect(verdict(questionsBody, { questions })).toBe(expected);
});

test('a mistake in a batch says in which question', () => {
  const questions = [{ ...KEY, authenticate_only: true }, { authenticate_only: true }];
  expect(verdict(questionsBody, { questions })).toBe('/questions/1/key missing');
});

test('a decision tells nothing of a key beside what is agreed: never a digest (K7)', () => {
  const answer = {
    object: 'decision',
    allow: false,
    code: 'not_found',
    version: '1.7',
    key: null,
    account_id: null,
    permissions: [],
  };
  expect(decision.safeParse(answer).success).toBe(true);
  expect(decision.safeParse({ ...answer, digest: 'ab' }).success).toBe(false);
});
