import { describe, expect, test } from 'vitest';
import { DEFAULT_CATALOGUE, type Operation, type ResourceCatalogue, type ResourceType } from './catalogue.ts';
import {
  isCatalogueName,
  mistakesInCatalogue,
  operationsTakenAway,
  type RetiredOperation,
} from './catalogue-change.ts';
import {
  CATALOGUE_OPERATIONS_EVER_MOST,
  CATALOGUE_OPERATIONS_MOST,
  CATALOGUE_TYPES_MOST,
  OPERATION_NAME_LONGEST,
} from './limits.ts';

const operation = (name: string, isIngestion = false, ...includes: string[]): Operation => ({
  name,
  isIngestion,
  includes,
});
const type = (name: string, ...operations: Operation[]): ResourceType => ({ name, operations });
const mistakes = (after: ResourceCatalogue, current: ResourceCatalogue = [], retired: RetiredOperation[] = []) =>
  mistakesInCatalogue({ current, retired }, after);
const kinds = (...given: Parameters<typeof mistakes>) => mistakes(...given).map((mistake) => mistake.kind);

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
    expect(mistakes([type('a', operation('x', true, 'y', 'z'), operation('y', true), operation('z'))])).toEqual([
      { kind: 'ingestion-includes-other', resourceType: 'a', operation: 'x', typeIndex: 0, operationIndex: 0 },
    ]);
  });

  test('other operations may include ingestion (P3)', () => {
    expect(kinds([type('a', operation('x', false, 'y'), operation('y', true))])).toEqual([]);
  });

  test.each([true, false])('never changes, from %j (P3)', (was) => {
    const before = [type('a', operation('x', was))];
    expect(mistakes([type('b'), type('a', operation('y'), operation('x', !was))], before)).toEqual([
      { kind: 'ingestion-mark-changed', resourceType: 'a', operation: 'x', typeIndex: 1, operationIndex: 1 },
    ]);
    expect(kinds(before, before)).toEqual([]);
  });

  test.each([true, false])('is remembered when the operation was taken away, as %j (P3)', (was) => {
    const before = [type('a', operation('x', was), operation('y')), type('b', operation('x', !was))];
    const retired = operationsTakenAway(before, [type('a', operation('y'))]);
    expect(retired).toEqual([
      { resourceType: 'a', operation: 'x', isIngestion: was },
      { resourceType: 'b', operation: 'x', isIngestion: !was },
    ]);
    expect(kinds([type('a', operation('x', was))], [], [...retired])).toEqual([]);
    expect(kinds([type('a', operation('x', !was))], [], [...retired])).toEqual(['ingestion-mark-changed']);
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

  test.each([
    ['itself', [operation('x', false, 'x')]],
    ['itself through another', [operation('x', false, 'y'), operation('y', false, 'x')]],
    ['itself through two', [operation('x', false, 'y'), operation('y', false, 'z'), operation('z', false, 'x')]],
  ])('no operation includes %s (P3)', (_how, operations) => {
    expect(new Set(kinds([type('a', ...operations)]))).toEqual(new Set(['circle']));
  });

  test('two ways to the same operation are no circle (P3)', () => {
    const diamond = [operation('a', false, 'b', 'c'), operation('b', false, 'd'), operation('c', false, 'd')];
    expect(kinds([type('t', ...diamond, operation('d'))])).toEqual([]);
  });

  test('an operation that leads into a circle is not blamed for it (P3)', () => {
    const into = [operation('a', false, 'b'), operation('b', false, 'c'), operation('c', false, 'b')];
    expect(mistakes([type('t', ...into)]).map((mistake) => mistake.operation)).toEqual(['b', 'c']);
  });

  test('an account remembers so many operations at most (P3)', () => {
    const retired = Array.from({ length: CATALOGUE_OPERATIONS_EVER_MOST - 1 }, (_, index) => ({
      resourceType: 'a',
      operation: `x${index}`,
      isIngestion: false,
    }));
    expect(kinds([type('a', operation('x0'), operation('new'))], [], retired)).toEqual([]);
    expect(kinds([type('a', operation('new'), operation('newer'))], [], retired)).toEqual(['too-many-operations-ever']);
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
