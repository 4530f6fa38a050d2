import { describe, expect, test } from 'vitest';
import { checkGlossary } from './check-glossary.ts';
import { type Files, withPlantedTree } from './planted-tree.ts';

const GLOSSARY: Files = {
  'docs/glossary.md':
    '| say | when | not |\n| --- | --- | --- |\n| create | new | issue, *mint* |\n| expire | end | *lapse*, TTL |\n',
};

const PLANTED = [
  ['a function', 'packages/core/src/a.ts', 'export async function mintKey() {}'],
  ['a constant in capitals', 'packages/core/src/a.ts', 'export const KEYS_MINTED_MOST = 1;'],
  ['a type', 'packages/server/src/a.ts', 'export type LapsingKey = string;'],
  ['a name in an export list', 'packages/server/src/index.ts', "export { make as mint } from './make.ts';"],
  ['a field of a schema', 'packages/contract/src/a.ts', 'const a = z.strictObject({\n  minted_at: z.int(),\n});'],
  ['a quoted field of a schema', 'packages/contract/src/a.ts', "const a = z.strictObject({ 'minted-at': z.int() });"],
  ['a field of a type', 'packages/contract/src/a.ts', 'type A = { readonly lapsesAt?: number };'],
] as const;

const CLEAN: Files = {
  ...GLOSSARY,
  'packages/core/src/a.ts':
    '// mint\nexport const peppermint = "mint";\nconst minted = 1;\nexport function collapse() {}',
  'packages/contract/src/a.ts': 'export const receipt = z.strictObject({ lapsed: z.array(z.string()) });',
  'packages/core/src/a.test.ts': 'export const mint = 1;',
};

describe('the glossary check', () => {
  test('finds nothing where the words are the right ones', async () => {
    expect(await withPlantedTree(CLEAN, checkGlossary)).toEqual([]);
  });

  test.each(PLANTED)('objects to a refused word in %s', async (_what, path, text) => {
    const breaches = await withPlantedTree({ ...GLOSSARY, [path]: text }, checkGlossary);
    expect(breaches).toHaveLength(1);
    expect(breaches[0]).toMatchObject({ path });
  });

  test('objects when the glossary is missing or refuses no word', async () => {
    expect(await withPlantedTree({}, checkGlossary)).toHaveLength(1);
    expect(await withPlantedTree({ 'docs/glossary.md': '# Glossary\n' }, checkGlossary)).toHaveLength(1);
  });

  test('reads the refused words of this repository', async () => {
    const { readFileSync } = await import('node:fs');
    const files = {
      'docs/glossary.md': readFileSync('docs/glossary.md', 'utf8'),
      'packages/core/src/a.ts':
        'export const killKey = 1, introspection = 1;\nexport type Sanitized = 1;\nexport function purge() {}',
    };
    expect(await withPlantedTree(files, checkGlossary)).toHaveLength(3);
  });
});
