import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkRules, writeRuleTests } from './check-rules.ts';
import { type Files, withPlantedTree } from './planted-tree.ts';
import { findTestTitles } from './rules/test-titles.ts';

const HEADER = '| number | rule | state | tests |\n| --- | --- | --- | --- |\n';
const TEST_FILE = 'packages/core/src/key-text.test.ts';
const LINK = `[core/key-text.test](../${TEST_FILE})`;

const CLEAN: Files = {
  'docs/rules.md': `# Rules\n\n${HEADER}| K6 | Text \\| shape | kept | ${LINK} |\n| K7 | Shown once | planned | |\n`,
  [TEST_FILE]: "test('K6: a key text has its parts in order', () => {});\n// test('K99')",
};

const PLANTED: readonly (readonly [string, Files, string])[] = [
  ['a kept rule without a test', { [TEST_FILE]: "test('a key text has parts', () => {});" }, 'no test names it'],
  [
    'a test that names a rule nobody wrote',
    { 'e2e/a.e2e.ts': 'test.each([f(1)])(`K8 ${engine}`, () => {});' },
    'names K8',
  ],
  ['a list of tests out of date', { 'packages/core/src/b.test.ts': "describe('K7', () => {});" }, 'out of date'],
  ['a state that is none', { 'docs/rules.md': `${HEADER}| K6 | Text | done | ${LINK} |\n` }, '"done"'],
  ['a rule listed twice', { 'docs/rules.md': `${HEADER}${`| K6 | Text | kept | ${LINK} |\n`.repeat(2)}` }, 'twice'],
  ['a list without rules', { 'docs/rules.md': '# Rules\n' }, 'no row'],
];

describe('the rules check', () => {
  test('finds nothing where every kept rule has its test', async () => {
    expect(await withPlantedTree(CLEAN, checkRules)).toEqual([]);
  });

  test.each(PLANTED)('objects to %s', async (_what, files, message) => {
    const breaches = await withPlantedTree({ ...CLEAN, ...files }, checkRules);
    expect(breaches.map((breach) => breach.message).join('\n')).toContain(message);
  });

  test('objects when the list of rules is missing', async () => {
    expect(await withPlantedTree({}, checkRules)).toMatchObject([{ path: 'docs/rules.md' }]);
  });

  test('writes a list of tests that it then accepts', async () => {
    const files = { ...CLEAN, 'packages/core/src/b.test.ts': "describe('K6 and K7', () => {});" };
    await withPlantedTree(files, (root) => {
      writeRuleTests(root);
      expect(checkRules(root)).toEqual([]);
      const written = readFileSync(join(root, 'docs/rules.md'), 'utf8');
      expect(written).toContain('| K7 | Shown once | planned | [core/b.test](../packages/core/src/b.test.ts) |\n');
      expect(written).toContain('| K6 | Text \\| shape | kept | [core/b.test]');
    });
  });
});

describe('the titles of tests', () => {
  test('are found in calls, tables and template texts, and nowhere else', () => {
    const text = [
      "describe('one', () => {",
      '  it(`two ${engine}`, () => {});',
      "  test.each([['x (y)']])('three', () => {});",
      "  const rows = [{ title: 'four', name: 'five' }];",
      "  // test('six')",
      "  regex.test('seven');",
      '});',
    ].join('\n');
    expect(findTestTitles(text)).toEqual(['one', 'two ', 'three', 'four']);
  });
});
