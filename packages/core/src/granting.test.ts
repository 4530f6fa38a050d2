import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CATALOGUE, OPERATIONS, permissionList, permissions, resourceName } from '../test-support/arbitraries.ts';
import { DEFAULT_CATALOGUE } from './catalogue.ts';
import { mayGive, mayNarrowTo, permissionsNotHeld } from './granting.ts';
import { isPermitted, type Permission, rightsOf } from './permissions.ts';

const may = (operation: string, ...ids: string[]): Permission => ({ resourceType: 'database', operation, ids });

describe('giving', () => {
  test('nobody gives what they do not have (P6)', () => {
    fc.assert(
      fc.property(permissions, permissionList, resourceName, (giver, wanted, name) => {
        fc.pre(mayGive(giver, wanted, CATALOGUE));
        for (const { key } of OPERATIONS) {
          if (!isPermitted(rightsOf(wanted, CATALOGUE), key, name)) continue;
          expect(isPermitted(rightsOf(giver, CATALOGUE), key, name)).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('the Owner and administrators give all that the catalogue knows (P1, P6)', () => {
    const all = OPERATIONS.map(({ type, name }) => ({ resourceType: type, operation: name, ids: ['*'] }));
    expect(mayGive('everything', all, CATALOGUE)).toBe(true);
    expect(mayGive('everything', [may('vacuum', '*')], CATALOGUE)).toBe(false);
  });

  test('the answer names exactly what is not held (P6, T3)', () => {
    const giver = [may('query', 'sales'), may('import', '*')];
    const wanted = [may('query', 'sales'), may('query', 'sales', 'finance'), may('import', 'a*'), may('edit', 'sales')];
    expect(permissionsNotHeld(giver, wanted, DEFAULT_CATALOGUE)).toEqual([wanted[1], wanted[3]]);
  });

  test('nothing may be given by everybody', () => {
    expect(mayGive([], [], DEFAULT_CATALOGUE)).toBe(true);
  });
});

describe('narrowing a key', () => {
  const owner = [may('query', 'sales', 'lab_*')];

  test.each([
    ['off', null, true],
    ['to nothing', [], true],
    ['to what the owner has', owner, true],
    ['to less', [may('query', 'lab_1')], true],
    ['to more names', [may('query', '*')], false],
    ['to another operation', [may('import', 'sales')], false],
  ])('%s: %o, %j (K5, P6)', (_, wanted, isFine) => {
    expect(mayNarrowTo(owner, wanted, DEFAULT_CATALOGUE)).toBe(isFine);
  });
});
