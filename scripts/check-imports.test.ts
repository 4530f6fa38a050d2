import { describe, expect, test } from 'vitest';
import { checkImports } from './check-imports.ts';
import { IMPORT_RULES, type ImportRule, PACKAGE_NAMES, PACKAGE_TABLE } from './imports/rules.ts';
import { type Files, withPlantedTree } from './planted-tree.ts';

type Planted = { readonly rule: ImportRule; readonly what: string; readonly files: Files };

const PLANTED: readonly Planted[] = [
  planted('unknown-package', 'a package without a row', 'packages/extras/src/a.ts', 'export {};'),
  planted(
    'package-table',
    'storage importing verifier',
    'packages/storage/src/a.ts',
    "import { b } from '@claviger/verifier';",
  ),
  planted('package-table', 'anything importing the command line', 'packages/server/src/a.ts', "import 'claviger';"),
  planted(
    'granted-names',
    'contract taking a function of core',
    'packages/contract/src/a.ts',
    "import { ok } from '@claviger/core';",
  ),
  planted(
    'granted-names',
    'the command line reaching into server',
    'packages/cli/src/a.ts',
    "import { start, listen } from '@claviger/server';",
  ),
  planted(
    'granted-names',
    'a dynamic import of all of server',
    'packages/cli/src/a.ts',
    "const all = await import('@claviger/server');",
  ),
  planted('npm-table', 'core with a dependency', 'packages/core/src/a.ts', "import { z } from 'zod';"),
  planted(
    'npm-table',
    'a scoped package that is not allowed',
    'packages/server/src/a.ts',
    "import { b } from '@fastify/view/deep';",
  ),
  planted(
    'node-modules',
    'core with a clock',
    'packages/core/src/a.ts',
    "import { performance } from 'node:perf_hooks';",
  ),
  planted(
    'node-modules',
    'a type of Node in contract',
    'packages/contract/src/a.ts',
    "type A = import('node:fs').Stats;",
  ),
  planted(
    'deep-import',
    'a path into a package',
    'packages/server/src/a.ts',
    "import { ok } from '@claviger/core/src/result.ts';",
  ),
  planted(
    'leaves-package',
    'a relative path into a neighbour',
    'packages/server/src/a.ts',
    "import { ok } from '../../core/src/result.ts';",
  ),
  planted(
    'leaves-package',
    'a type by a relative path',
    'packages/server/src/a.ts',
    "type A = import('../../core/src/result.ts').Result;",
  ),
  planted('computed-import', 'a module named at run time', 'packages/server/src/a.ts', 'await import(`./${name}.ts`);'),
  planted('re-export', 'an inner barrel', 'packages/core/src/a.ts', "export * from './b.ts';"),
  planted('re-export', 'a barrel in two steps', 'packages/core/src/a.ts', "import { b } from './b.ts';\nexport { b };"),
  planted('re-export', 'an index of an inner folder', 'packages/core/src/a/index.ts', "export { b } from './b.ts';"),
  planted(
    'engine-opener',
    'a job that opens a database',
    'packages/server/src/a.ts',
    "import { openSqlite } from '@claviger/storage';",
  ),
  planted(
    'engine-opener',
    'all of storage under one name',
    'packages/server/src/a.ts',
    "import * as storage from '@claviger/storage';",
  ),
  planted(
    'http-free',
    'a command that knows routes',
    'packages/server/src/commands/a.ts',
    "import { b } from '../http/b.ts';",
  ),
  planted(
    'http-free',
    'a job that knows the web framework',
    'packages/server/src/jobs/a.ts',
    "import type { FastifyRequest } from 'fastify';",
  ),
  planted(
    'closed-feature',
    'one feature importing another',
    'packages/portal/src/features/keys/a.tsx',
    "import { b } from '../users/b.tsx';",
  ),
  {
    rule: 'reference',
    what: 'a dependency that the compiler settings leave out',
    files: {
      'packages/server/package.json': '{ "dependencies": { "@claviger/core": "0.1.0", "@claviger/storage": "0.1.0" } }',
      'packages/server/tsconfig.json': '{ "references": [{ "path": "../core" }] }',
    },
  },
  {
    rule: 'circle',
    what: 'a circle of three files, one link a type',
    files: {
      'packages/core/src/a.ts': "import { b } from './b.ts';",
      'packages/core/src/b.ts': "import { c } from './c.ts';",
      'packages/core/src/c.ts': "import type { A } from './a.ts';",
    },
  },
];

const CLEAN: Files = {
  'packages/core/src/index.ts': "export { ok } from './result.ts';\nexport { DAYS } from './limits.ts';",
  'packages/core/src/result.ts': "// import { z } from 'zod';\nexport const ok = `import x from 'y'`;",
  'packages/core/src/result.test.ts': "import { test } from 'vitest';\nimport { readFileSync } from 'node:fs';",
  'packages/contract/src/a.ts': "import { z } from 'zod';\nimport { DAYS, type Result } from '@claviger/core';",
  'packages/verifier/src/a.ts': "import { createHash } from 'node:crypto';\nimport { ok } from '@claviger/core';",
  'packages/server/src/main.ts': "import { openPostgres, openSqlite } from '@claviger/storage';",
  'packages/server/src/http/routes/a.ts': "import { b } from '../../commands/b.ts';\nimport fastify from 'fastify';",
  'packages/server/src/commands/b.ts':
    "import { ok } from '@claviger/core';\nimport type { Store } from '@claviger/storage';",
  'packages/server/src/commands/b.test.ts': "import { openSqlite } from '@claviger/storage';",
  'packages/cli/src/serve.ts': "const { start } = await import('@claviger/server');",
  'packages/portal/src/features/keys/a.tsx': "import { b } from './b.tsx';\nimport { c } from '../../ui/c.tsx';",
};

function planted(rule: ImportRule, what: string, path: string, text: string): Planted {
  return { rule, what, files: { [path]: text } };
}

describe('the import check', () => {
  test('finds nothing in a tree that keeps every rule', async () => {
    expect(await withPlantedTree(CLEAN, checkImports)).toEqual([]);
  });

  test.each(PLANTED)('objects to $what ($rule)', async ({ rule, files }) => {
    const breaches = await withPlantedTree({ ...CLEAN, ...files }, checkImports);
    expect(breaches.map((breach) => breach.rule)).toEqual([rule]);
  });

  test('has a planted breach for each of its rules', () => {
    const covered = new Set(PLANTED.map((entry) => entry.rule));
    expect(Object.keys(IMPORT_RULES).filter((rule) => !covered.has(rule as ImportRule))).toEqual([]);
  });

  test('says in which line the breach is', async () => {
    const files = { 'packages/core/src/a.ts': "/* one\ntwo */\nconst a = `\n`;\nimport { z } from 'zod';" };
    const [breach] = await withPlantedTree(files, checkImports);
    expect(breach).toMatchObject({ path: 'packages/core/src/a.ts', line: 5 });
  });
});

describe('the table of packages', () => {
  const pairs = PACKAGE_NAMES.flatMap((from) => PACKAGE_NAMES.map((to) => ({ from, to })));

  test.each(pairs)('decides whether $from imports a type of $to', async ({ from, to }) => {
    const grant = PACKAGE_TABLE[from].packages[to];
    const name = grant === undefined || typeof grant === 'string' ? 'Anything' : (grant[0] ?? 'Anything');
    const files = { [`packages/${from}/src/a.ts`]: `import type { ${name} } from '@claviger/${to}';` };
    const breaches = await withPlantedTree(files, checkImports);
    expect(breaches.map((breach) => breach.rule)).toEqual(grant === undefined ? ['package-table'] : []);
  });
});
