import { describe, expect, test } from 'vitest';
import { checkLock } from './check-lock.ts';
import { type Files, withPlantedTree } from './planted-tree.ts';

type Locked = { readonly [path: string]: object };

function tree(packages: Locked, dependencies: { readonly [name: string]: string } = { fastify: '5.12.8' }): Files {
  return {
    'package-lock.json': JSON.stringify({ packages }),
    'packages/server/package.json': JSON.stringify({ dependencies }),
  };
}

const GOOD: Locked = {
  '': {},
  'node_modules/fastify': { integrity: 'sha512-x' },
  'node_modules/@claviger/core': { link: true, resolved: 'packages/core' },
};

const PLANTED: readonly (readonly [string, Files])[] = [
  ['a package without integrity', tree({ ...GOOD, 'node_modules/pg': {} })],
  [
    'the name of a registry',
    tree({ ...GOOD, 'node_modules/pg': { integrity: 'x', resolved: 'https://example.org/pg' } }),
  ],
  ['a range of versions', tree(GOOD, { fastify: '^5.0.0' })],
  ['a version left open', tree(GOOD, { fastify: '*' })],
];

describe('the lock check', () => {
  test('finds nothing where every version is pinned and nothing names a registry', async () => {
    expect(await withPlantedTree(tree(GOOD), checkLock)).toEqual([]);
  });

  test.each(PLANTED)('objects to %s', async (_what, files) => {
    expect(await withPlantedTree(files, checkLock)).toHaveLength(1);
  });

  test('objects to a tool that is locked for one platform only', async () => {
    const packages = { ...GOOD, 'node_modules/@biomejs/cli-linux-x64': { integrity: 'x' } };
    const breaches = await withPlantedTree(tree(packages), checkLock);
    expect(breaches.map((breach) => breach.message).join()).toContain('darwin-arm64');
    expect(breaches).toHaveLength(4);
  });
});
