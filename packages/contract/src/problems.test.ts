import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { problemExample } from './openapi/problem-answers.ts';
import { PROBLEM_CODES, PROBLEM_OF_DECISION, PROBLEMS, problemDefinition, problemType } from './problems.ts';
import { problem } from './schemas/problem.ts';

const PAGES = new URL('../../../docs/problems/', import.meta.url);
const PUBLIC_URL = 'https://keys.example';

test.each(PROBLEM_CODES)('%s can be told in the one shape of problems', (code) => {
  expect(code).toMatch(/^[a-z]+(?:_[a-z]+)*$/);
  expect(problem.safeParse(problemExample(PUBLIC_URL, code)).error).toBeUndefined();
});

test.each(PROBLEM_CODES)('the members of %s fit their schemas and hide no member of every problem', (code) => {
  const { members } = problemDefinition(code);
  const example = problemExample(PUBLIC_URL, code);
  const own = Object.fromEntries(Object.keys(members).map((name) => [name, example[name]]));
  expect(z.strictObject(members).safeParse(own).error).toBeUndefined();
  const shared = Object.keys(problem.shape).filter((name) => name !== 'errors');
  expect(Object.keys(members).filter((name) => shared.includes(name))).toEqual([]);
});

test.each(PROBLEM_CODES)('the example of %s says what happened in whole sentences', (code) => {
  expect(problemDefinition(code).example).toMatch(/^[A-Z].*\.$/);
  expect(problemDefinition(code).title).toMatch(/^[A-Z].*[^.]$/);
});

test('a 401 says which error of RFC 6750 it is, and a refusal that can be waited out says how long', () => {
  for (const code of PROBLEM_CODES) {
    const { status, members, bearerError } = problemDefinition(code);
    if (status === 401) expect([code, bearerError]).not.toEqual([code, undefined]);
    if (status === 429 || (status === 503 && code !== 'not_ready'))
      expect(members).toHaveProperty('retry_after_seconds');
  }
});

test('refusals of a presented key have the statuses that proxies pass on (D10)', () => {
  const statuses = Object.fromEntries(
    Object.entries(PROBLEM_OF_DECISION).map(([decision, code]) => [decision, PROBLEMS[code].status]),
  );
  expect(statuses).toEqual({
    stale: 503,
    malformed: 401,
    not_found: 401,
    expired: 401,
    disabled: 401,
    owner_disabled: 401,
    ip_not_allowed: 403,
    origin_not_allowed: 403,
    no_route_rule: 403,
    write_only_key: 403,
    insufficient_permission: 403,
    rate_limited: 429,
  });
});

test('the type of a problem is its page under the public URL', () => {
  expect(problemType('https://keys.example/', 'not_found')).toBe('https://keys.example/problems/not_found');
});

test('every problem has its page and every page its problem (T3)', () => {
  const pages = readdirSync(PAGES).filter((name) => name !== 'README.md');
  expect(pages.toSorted()).toEqual(PROBLEM_CODES.map((code) => `${code}.md`).toSorted());
});

test.each(PROBLEM_CODES)('the page of %s shows title, status and the example as the API answers it (T3)', (code) => {
  const page = readFileSync(new URL(`${code}.md`, PAGES), 'utf8');
  const { status, title } = problemDefinition(code);
  expect(page.split('\n')[0]).toBe(`# ${title}`);
  expect(page).toContain(`\`${code}\`, status ${status}`);
  const shown: unknown = JSON.parse(/```json\n([\s\S]*?)```/.exec(page)?.[1] ?? 'null');
  expect(shown).toEqual(problemExample(PUBLIC_URL, code));
  expect(readFileSync(new URL('README.md', PAGES), 'utf8')).toContain(`(${code}.md)`);
});
