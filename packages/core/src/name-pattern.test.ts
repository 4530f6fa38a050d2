import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fitsNamePattern } from './name-pattern.ts';

test.each([
  ['ci-export', 'ci-*', true],
  ['ci-', 'ci-*', true],
  ['ci', 'ci-*', false],
  ['my ci-export', 'ci-*', false],
  ['my ci-export', '*ci-*', true],
  ['ci-export', 'ci-export', true],
  ['ci-export', 'ci-expor', false],
  ['ci-export', 'CI-*', false],
  ['anything at all', '*', true],
  ['', '*', true],
  ['', '', true],
  ['x', '', false],
  ['aXbXc', 'a*b*c', true],
  ['abcb', 'a*b', true],
  ['abcbd', 'a*b', false],
  ['100%', '100%', true],
  ['100x', '100%', false],
  ['a.c', 'a.c', true],
  ['abc', 'a.c', false],
  ['a*c', 'a*c', true],
])('%j fits %j: %j (X6)', (name, pattern, expected) => {
  expect(fitsNamePattern(name, pattern)).toBe(expected);
});

test('it agrees with what everybody takes a star for (X6)', () => {
  const few = fc.string({ unit: fc.constantFrom('a', 'b', '*', '.'), maxLength: 12 });
  fc.assert(
    fc.property(few, few, (name, pattern) => {
      const parts = pattern.split('*').map((part) => part.replaceAll('.', '\\.'));
      expect(fitsNamePattern(name, pattern)).toBe(new RegExp(`^${parts.join('.*')}$`).test(name));
    }),
    { numRuns: 2_000 },
  );
});

test('no pattern makes it hang (X6)', () => {
  expect(fitsNamePattern('a'.repeat(200), `${'*a'.repeat(100)}b`)).toBe(false);
});
