import { parseInput, question, questionsBody } from '@claviger/contract';
import { parseIpAddress } from '@claviger/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseQuestion, parseQuestions } from './question.ts';

const text = fc.oneof(
  fc.constantFrom(
    '',
    'x',
    'import',
    'database:sales',
    ':x',
    'x:',
    'a:b:c',
    '203.0.113.7',
    '::1',
    '1.2',
    '1.412',
    '0.1',
    'null',
  ),
  fc.string({ unit: 'grapheme', maxLength: 300 }),
  fc.nat(300).map((length) => 'a:'.padEnd(length, '\u{1f511}')),
);
const value = fc.oneof({ weight: 5, arbitrary: text }, { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) });
const NAMES = ['key', 'operation', 'resource', 'ip', 'origin', 'min_version'];
const fields = fc.dictionary(
  fc.oneof({ weight: 20, arbitrary: fc.constantFrom(...NAMES) }, fc.constantFrom('more', '__proto__', 'toString')),
  value,
);
const wellFormed = fc.record(
  {
    key: fc.string(),
    operation: fc.string({ minLength: 1, maxLength: 64 }),
    resource: fc
      .tuple(fc.stringMatching(/^[^:]+$/), fc.string({ minLength: 1 }))
      .map(([type, name]) => `${type}:${name}`),
    ip: fc.oneof(fc.ipV4(), fc.ipV6()),
    origin: fc.webUrl(),
    min_version: fc.tuple(fc.integer({ min: 1, max: 999 }), fc.nat(1_000_000)).map(([epoch, n]) => `${epoch}.${n}`),
  },
  { requiredKeys: ['key', 'operation', 'resource'] },
);
const body = fc
  .tuple(fc.oneof(fields, wellFormed), fc.constantFrom({}, { authenticate_only: true }, { authenticate_only: 1 }))
  // What a request can hold: values that came out of JSON.
  .map(([asked, more]): unknown => JSON.parse(JSON.stringify({ ...asked, ...more })));

test('the quick way takes exactly what the contract takes, and reads the same out of it', () => {
  let taken = 0;
  fc.assert(
    fc.property(fc.oneof(body, fc.jsonValue()), (asked) => {
      const parsed = parseQuestion(asked);
      const expected = parseInput(question, asked);
      const ip = expected.ok ? expected.value.ip : undefined;
      expect(parsed.ok).toBe(expected.ok && (ip === undefined || parseIpAddress(ip) !== null));
      if (!parsed.ok || !expected.ok) return;
      taken += 1;
      const { key, operation, resource, origin, min_version: version } = expected.value;
      expect(parsed.value).toEqual({
        key,
        typeAndOperation: operation === undefined ? null : `${resource?.split(':')[0]}:${operation}`,
        resourceName: resource?.slice(resource.indexOf(':') + 1) ?? '',
        ip: ip === undefined ? null : parseIpAddress(ip),
        origin: origin ?? null,
        minVersion:
          version === undefined ? null : { epoch: Number(version.split('.')[0]), n: Number(version.split('.')[1]) },
      });
    }),
    { seed: 20_240_505, numRuns: 5_000 },
  );
  // A property about what is taken says nothing when nothing is.
  expect(taken).toBeGreaterThan(300);
});

test('a batch is taken exactly when each of its questions is', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof({ weight: 8, arbitrary: wellFormed }, { weight: 1, arbitrary: body }), { maxLength: 5 }),
      (listed) => {
        const questions: unknown[] = JSON.parse(JSON.stringify(listed));
        const parsed = parseQuestions({ questions });
        const each = questions.map((asked) => parseQuestion(asked));
        expect(parsed.ok).toBe(questions.length > 0 && each.every(({ ok }) => ok));
        if (parsed.ok) expect(parsed.value).toEqual(each.map((one) => (one.ok ? one.value : null)));
        else if (questions.length > 0)
          expect(parseInput(questionsBody, { questions }).ok && each.every(({ ok }) => ok)).toBe(false);
      },
    ),
    { seed: 20_240_506, numRuns: 500 },
  );
});

test('a question with ten thousand unknown fields is refused without working on each of them for long', () => {
  const many = Object.fromEntries(Array.from({ length: 9_000 }, (_, index) => [`f${index}`, 1]));
  const startedAt = performance.now();
  expect(parseQuestion({ key: 'x', ...many }).ok).toBe(false);
  expect(performance.now() - startedAt).toBeLessThan(1_000);
});
