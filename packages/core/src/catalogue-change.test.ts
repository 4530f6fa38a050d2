import { describe, expect, test } from 'vitest';
import { DEFAULT_CATALOGUE, type Operation, type ResourceCatalogue, type ResourceType } from './catalogue.ts';
import { isCatalogueName, mistakesInCatalogue } from './catalogue-change.ts';
import { CATALOGUE_OPERATIONS_MOST, CATALOGUE_TYPES_MOST, OPERATION_NAME_LONGEST } from './limits.ts';

const operation = (name: string, isIngestion = false, ...includes: string[]): Operation => ({
  name,
  isIngestion,
  includes,
});
const type = (name: string, ...operations: Operation[]): ResourceType => ({ name, operations });
const kinds = (after: ResourceCatalogue, before: ResourceCatalogue = []) =>
  mistakesInCatalogue(before, after).map((mistake) => mistake.kind);

describe('names', () => {
  test.each(['a', 'database', 'a1', 'a_b', 'a'.repeat(OPERATION_NAME_LONGEST)])('%j is one (P3)', (text) => {
    expect(isCatalogueName(text)).toBe(true);
  });
  test.each(['', '*', 'A', '1a', '_a', 'a:b', 'a b', 'a,b', 'a-b', 'a\n', 'é', 'a'.repeat(OPERATION_NAME_LONGEST + 1)])(
    '%j is none (P3)',
    (text) => {
      expect(isCatalogueName(text)).toBe(false);
      expect(kinds([type(text)])).toEqual(['bad-name']);
      expect(kinds([type('a', operation(text))])).toEqual(['bad-name']);
    },
  );
});

describe('the ingestion mark', () => {
  test('ingestion includes only ingestion (P3)', () => {
    expect(kinds([type('a', operation('x', true, 'y'), operation('y', true))])).toEqual([]);
    expect(
      mistakesInCatalogue([], [type('a', operation('x', true, 'y', 'z'), operation('y', true), operation('z'))]),
    ).toEqual([{ kind: 'ingestion-includes-other', resourceType: 'a', operation: 'x' }]);
  });

  test('other operations may include ingestion (P3)', () => {
    expect(kinds([type('a', operation('x', false, 'y'), operation('y', true))])).toEqual([]);
  });

  test.each([true, false])('never changes, from %j (P3)', (was) => {
    const before = [type('a', operation('x', was))];
    expect(mistakesInCatalogue(before, [type('a', operation('x', !was))])).toEqual([
      { kind: 'ingestion-mark-changed', resourceType: 'a', operation: 'x' },
    ]);
    expect(kinds(before, before)).toEqual([]);
  });

  test('is new with a new operation or type (P3)', () => {
    const after = [type('database', operation('push', true)), type('queue', operation('query', true))];
    expect(kinds(after, DEFAULT_CATALOGUE)).toEqual([]);
  });
});

describe('shape', () => {
  test('a name stands once (P3)', () => {
    expect(kinds([type('a'), type('a')])).toEqual(['doubled-name']);
    expect(kinds([type('a', operation('x'), operation('x'))])).toEqual(['doubled-name']);
  });

  test('what is included exists, under the same type (P3)', () => {
    expect(kinds([type('a', operation('x', false, 'y')), type('b', operation('y'))])).toEqual(['unknown-included']);
  });

  test('there are bounds (P3)', () => {
    const operations = (count: number) => Array.from({ length: count }, (_, index) => operation(`x${index}`));
    const types = (count: number) => Array.from({ length: count }, (_, index) => type(`t${index}`));
    expect(kinds([type('a', ...operations(CATALOGUE_OPERATIONS_MOST))])).toEqual([]);
    expect(kinds([type('a', ...operations(CATALOGUE_OPERATIONS_MOST + 1))])).toEqual(['too-many-operations']);
    expect(kinds(types(CATALOGUE_TYPES_MOST))).toEqual([]);
    expect(kinds(types(CATALOGUE_TYPES_MOST + 1))).toEqual(['too-many-types']);
  });
});
