import { spawnSync } from 'node:child_process';
import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Files, withPlantedTree } from './planted-tree.ts';
import { REPOSITORY } from './source-files.ts';

const ORDINARY = 'packages/server/src/a.ts';

/** One breach of each rule that is there to keep a rule of the house, in a file where it binds. */
const PLANTED: readonly (readonly [string, string, string])[] = [
  ['no-restricted-globals', ORDINARY, 'export const now = Date.now();'],
  ['no-restricted-globals', ORDINARY, 'export const now = globalThis.Date.now();'],
  ['no-restricted-globals', 'packages/verifier/src/a.ts', 'setTimeout(() => undefined, 1);'],
  ['no-restricted-globals', 'packages/core/src/time.ts', 'setInterval(() => undefined, 1);'],
  ['no-restricted-globals', ORDINARY, "export const home = process.env['HOME'];"],
  ['no-restricted-globals', 'packages/server/src/config.ts', 'export const now = Date.now();'],
  ['no-restricted-globals', 'packages/server/src/clock.ts', 'export const home = process.env;'],
  ['no-restricted-properties', ORDINARY, 'export const dice = Math.random();'],
  ['no-restricted-imports', ORDINARY, "import { env } from 'node:process';\nexport const home = env;"],
  ['no-restricted-imports', ORDINARY, "import { setTimeout } from 'node:timers/promises';\nawait setTimeout(1);"],
  ['no-restricted-imports', ORDINARY, "import { a } from '@claviger/core/src/a.ts';\nexport const b = a;"],
  ['no-restricted-imports', 'packages/core/src/a.ts', "import { z } from 'zod';\nexport const b = z;"],
  [
    'no-restricted-imports',
    'packages/storage/src/a.ts',
    "import { a } from '@claviger/verifier';\nexport const b = a;",
  ],
  ['no-default-export', ORDINARY, 'export default 1;'],
  ['no-explicit-any', ORDINARY, 'export type A = any;'],
  ['no-non-null-assertion', ORDINARY, 'export const a = (b: string | null): string => b!;'],
  ['no-floating-promises', ORDINARY, 'const f = async (): Promise<void> => {};\nf();'],
  ['no-misused-promises', ORDINARY, '[1].forEach(async () => { await Promise.resolve(); });'],
  [
    'switch-exhaustiveness-check',
    ORDINARY,
    "export function f(a: 'x' | 'y'): number {\n  switch (a) {\n    case 'x':\n      return 1;\n    default:\n      return 2;\n  }\n}",
  ],
  ['no-unsafe-assignment', ORDINARY, "export const a: string = JSON.parse('1');"],
  ['eqeqeq', ORDINARY, 'export const a = (b: number): boolean => b == 1;'],
  ['no-empty', ORDINARY, 'try {\n  JSON.stringify(1);\n} catch {}'],
  ['no-console', ORDINARY, 'console.log(1);'],
  ['max-params', ORDINARY, 'export const f = (a: 1, b: 1, c: 1, d: 1, e: 1): unknown => [a, b, c, d, e];'],
  ['max-lines', ORDINARY, 'export {};\n'.repeat(301)],
  ['max-lines-per-function', ORDINARY, `export function f(): void {\n${'  String(1);\n'.repeat(50)}}`],
];

/** Places where a rule does not bind. */
const ALLOWED: Files = {
  'packages/core/src/time.ts': 'export const epoch = new Date(0).toISOString();',
  'packages/server/src/clock.ts': 'export const now = (): number => Date.now();\nsetTimeout(() => undefined, 1);',
  'packages/server/src/config.ts': "export const home = process.env['HOME'];",
  'packages/server/src/main.ts': "console.log(process.env['HOME'], Date.now());",
  'packages/server/src/a.test.ts': 'setTimeout(() => undefined, Math.random());',
  'bench/a.ts': 'console.log(Date.now());',
};

/** Runs the linter of this repository, with its configuration, over a planted tree; one line of text per complaint. */
async function lint(files: Files): Promise<readonly string[]> {
  const base = read('tsconfig.base.json').replace('"types": []', '"types": ["node"]');
  const set: Files = {
    'oxlint.config.ts': read('oxlint.config.ts'),
    'scripts/imports/rules.ts': read('scripts/imports/rules.ts'),
    'package.json': '{ "type": "module" }',
    'tsconfig.json': base,
  };
  return withPlantedTree({ ...set, ...files }, (root) => {
    symlinkSync(join(REPOSITORY, 'node_modules'), join(root, 'node_modules'));
    const linter = join(REPOSITORY, 'node_modules', 'oxlint', 'bin', 'oxlint');
    const options = { cwd: root, encoding: 'utf8' } as const;
    return spawnSync(process.execPath, [linter, '--format=unix', 'packages', 'bench'], options).stdout.split('\n');
  });
}

function read(path: string): string {
  return readFileSync(join(REPOSITORY, path), 'utf8');
}

/** Gives every breach a folder of its own, so that one run of the linter judges them all. */
function ownFolder(path: string, index: number): string {
  return path === 'packages/core/src/time.ts' ? path : path.replace('/src/', `/src/planted-${index}/`);
}

describe('the linter', () => {
  let complaints: readonly string[] = [];

  beforeAll(async () => {
    const files = PLANTED.map(([, path, text], index) => [ownFolder(path, index), `${text}\n`] as const);
    complaints = await lint({ 'bench/empty.ts': 'export {};\n', ...Object.fromEntries(files) });
  });

  test.each(PLANTED.map(([rule, path], index) => ({ rule, path: ownFolder(path, index) })))(
    'objects by $rule in $path',
    ({ rule, path }) => {
      const about = complaints.filter((line) => line.includes(path));
      expect(about.join('\n')).toMatch(new RegExp(`[(/]${rule}[)\\]]`));
    },
  );

  test('allows clocks, timers, the environment and output where they belong', async () => {
    expect((await lint(ALLOWED)).filter((line) => line.includes('[Error'))).toEqual([]);
  });
});
