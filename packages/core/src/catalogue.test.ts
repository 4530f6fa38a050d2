import { describe, expect, test } from 'vitest';
import { CATALOGUE } from '../test-support/arbitraries.ts';
import { DEFAULT_CATALOGUE, findOperation, type ResourceType, withIncluded } from './catalogue.ts';
import { mistakesInCatalogue } from './catalogue-change.ts';

const typeNamed = (name: string): ResourceType => {
  const found = CATALOGUE.find((type) => type.name === name);
  if (found === undefined) throw new Error(name);
  return found;
};

test('the catalogue of a new account is the documented one (P3)', () => {
  expect(DEFAULT_CATALOGUE.map(({ name }) => name)).toEqual(['database']);
  const operations = DEFAULT_CATALOGUE[0]?.operations ?? [];
  expect(operations.map(({ name }) => name)).toEqual(['query', 'edit', 'import', 'download', 'manage']);
  expect(operations.filter(({ isIngestion }) => isIngestion).map(({ name }) => name)).toEqual(['import']);
  expect(operations.at(-1)?.includes).toEqual(['query', 'edit', 'import', 'download']);
  expect(mistakesInCatalogue({ current: [], retired: [] }, DEFAULT_CATALOGUE)).toEqual([]);
});

test('an operation is found under its own type only', () => {
  expect(findOperation(CATALOGUE, 'database', 'import')?.isIngestion).toBe(true);
  expect(findOperation(CATALOGUE, 'stream', 'import')).toBeUndefined();
  expect(findOperation(CATALOGUE, 'queue', 'import')).toBeUndefined();
  expect(findOperation(CATALOGUE, 'database', '__proto__')).toBeUndefined();
});

describe('what an operation brings along (P3)', () => {
  test.each([
    ['database', 'query', ['query']],
    ['database', 'edit', ['edit', 'query']],
    ['database', 'manage', ['edit', 'import', 'manage', 'query']],
    ['stream', 'append', ['append', 'load']],
    ['stream', 'vacuum', []],
  ])('%s:%s brings %j', (type, operation, names) => {
    expect([...withIncluded(typeNamed(type), operation)].toSorted()).toEqual(names);
  });
});
