import { describe, expect, test } from 'vitest';
import { checkDocs } from './check-docs.ts';
import { type Files, withPlantedTree } from './planted-tree.ts';

const CLEAN: Files = {
  'README.md':
    'See [the guide](docs/guide.md#start), [web](https://example.org/a).\n\n```md\n[no](nowhere.md)\n```\n`[no](nowhere.md)`\n',
  'docs/guide.md': 'Back to [the front](../README.md).\n\n[front]: ../README.md\n',
  'docs/problems/not_found.md': '# Not found\n',
  'packages/contract/src/problems.ts': "export const PROBLEMS = { not_found: { title: 'Not found' } };",
  'packages/core/src/secret.ts': 'export class Secret { reveal(): string { return this.text; } } // key.reveal()',
  'packages/server/src/a.ts': `// ${'TO'}DO(#12) later\nsend(key.reveal());`,
  'packages/server/src/a.test.ts': 'expect(key.reveal());',
  'SECURITY.md':
    '# Security\n\n## Places that reveal a secret\n\n| file | why |\n| --- | --- |\n| `packages/server/src/a.ts` | shown once |\n',
};

const PLANTED: readonly (readonly [string, string, string, string])[] = [
  ['a link to a missing page', 'link', 'docs/guide.md', '[gone](gone.md)'],
  ['a link reference to a missing page', 'link', 'docs/guide.md', '[gone]: gone.md'],
  [
    'a problem without its page',
    'problem-page',
    'packages/contract/src/problems.ts',
    'export const PROBLEMS = { not_found: 1, gone: 1 };',
  ],
  ['a page without its problem', 'problem-page', 'docs/problems/gone.md', '# Gone'],
  [
    'a list of problems under another name',
    'problem-page',
    'packages/contract/src/problems.ts',
    'export const CODES = {};',
  ],
  ['a path next to the repository', 'refused-text', 'notes.txt', `see ../${'shared'}/a.md`],
  ['a path of one machine', 'refused-text', 'ci.yaml', `cd /${'work'}/main`],
  ['a job left undone without an issue', 'refused-text', 'packages/core/src/a.ts', `// ${'TO'}DO later`],
  ['a known mistake left in', 'refused-text', 'scripts/a.ts', `// ${'FIX'}ME(#12)`],
  ['a new place that reveals a secret', 'reveal', 'packages/cli/src/a.ts', 'print(key?.reveal());'],
  ['a listed place that reveals nothing', 'reveal', 'packages/server/src/a.ts', 'send(key);'],
  ['a security policy without the table', 'reveal', 'SECURITY.md', '# Security'],
];

describe('the docs check', () => {
  test('finds nothing in a tree that keeps every rule', async () => {
    expect(await withPlantedTree(CLEAN, checkDocs)).toEqual([]);
  });

  test.each(PLANTED)('objects to %s', async (_what, rule, path, text) => {
    const breaches = await withPlantedTree({ ...CLEAN, [path]: text }, checkDocs);
    expect(breaches.map((breach) => breach.rule)).toEqual([rule]);
  });

  test('says which file is missing', async () => {
    const breaches = await withPlantedTree({}, checkDocs);
    expect(breaches.map((breach) => breach.path)).toEqual(['packages/contract/src/problems.ts', 'SECURITY.md']);
  });
});
