import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  CATALOGUE,
  OPERATIONS,
  permission,
  permissionList,
  permissions,
  resourceName,
} from '../test-support/arbitraries.ts';
import { DEFAULT_CATALOGUE } from './catalogue.ts';
import { covers, EVERYTHING, isPermitted, type Permission, rightsOf, unionOf } from './permissions.ts';

const may = (resourceType: string, operation: string, ...ids: string[]): Permission => ({
  resourceType,
  operation,
  ids,
});

describe('permitted or not', () => {
  test.each([
    ['query', 'sales', true],
    ['query', 'sales2', false],
    ['query', 'Sales', false],
    ['query', '', false],
    ['import', 'web_', true],
    ['import', 'web_shop', true],
    ['import', 'web', false],
    ['import', 'aweb_', false],
    ['download', 'anything', true],
    ['edit', 'lab', true],
    ['manage', 'lab', true],
    ['manage', 'sales', false],
    ['vacuum', 'sales', false],
  ])('database:%s on %j: %j (P2, P3)', (operation, name, isAllowed) => {
    const held = [
      may('database', 'query', 'sales'),
      may('database', 'import', 'x', 'web_*'),
      may('database', 'download', '*'),
      may('database', 'manage', 'lab'),
      may('database', 'vacuum', '*'),
      may('queue', 'query', '*'),
    ];
    expect(isPermitted(rightsOf(held, DEFAULT_CATALOGUE), `database:${operation}`, name)).toBe(isAllowed);
  });

  test('without permissions nothing is permitted, nor with empty ids (P1, P2)', () => {
    for (const { key } of OPERATIONS) {
      expect(isPermitted(rightsOf([], CATALOGUE), key, 'a')).toBe(false);
      expect(isPermitted(rightsOf([may('database', 'manage')], CATALOGUE), key, 'a')).toBe(false);
    }
  });

  test('the Owner and administrators may everything the catalogue knows, and nothing else (P1)', () => {
    const everything = rightsOf('everything', CATALOGUE);
    for (const { key } of OPERATIONS) expect(isPermitted(everything, key, 'whatever')).toBe(true);
    for (const unknown of ['database:vacuum', 'queue:push', 'database', '', '*:*', 'database:*']) {
      expect(isPermitted(everything, unknown, 'a'), unknown).toBe(false);
    }
  });

  test('the wire form of everything gives nothing when a restricted user holds it (P6)', () => {
    const rights = rightsOf([EVERYTHING, may('database', '*', '*'), may('*', 'query', '*')], CATALOGUE);
    for (const { key } of OPERATIONS) expect(isPermitted(rights, key, 'a')).toBe(false);
  });

  test('inclusion goes on through others and survives circles and unknown names (P3)', () => {
    const rights = rightsOf([may('database', 'manage', 'a'), may('stream', 'append', 'b')], CATALOGUE);
    const permitted = OPERATIONS.filter(({ key }) => isPermitted(rights, key, 'a') || isPermitted(rights, key, 'b'));
    expect(permitted.map(({ key }) => key)).toEqual([
      'database:query',
      'database:edit',
      'database:import',
      'database:manage',
      'stream:append',
      'stream:load',
    ]);
    expect(isPermitted(rights, 'database:vanished', 'a')).toBe(false);
  });

  test('more permissions never permit less (P1)', () => {
    fc.assert(
      fc.property(permissionList, permission, resourceName, (held, extra, name) => {
        for (const { key } of OPERATIONS) {
          if (!isPermitted(rightsOf(held, CATALOGUE), key, name)) continue;
          expect(isPermitted(rightsOf([...held, extra], CATALOGUE), key, name)).toBe(true);
        }
      }),
    );
  });
});

describe('the union of policies', () => {
  test('permits what any of them permits and nothing else (P1)', () => {
    fc.assert(
      fc.property(fc.array(permissionList, { maxLength: 4 }), resourceName, (lists, name) => {
        const union = rightsOf(unionOf(lists), CATALOGUE);
        const each = lists.map((list) => rightsOf(list, CATALOGUE));
        for (const { key } of OPERATIONS) {
          expect(isPermitted(union, key, name)).toBe(each.some((rights) => isPermitted(rights, key, name)));
        }
      }),
    );
  });

  test('has one entry for each type and operation, without doubled names', () => {
    expect(
      unionOf([[may('a', 'x', '1', '2')], [may('a', 'y', '1'), may('a', 'x', '2', '3')], [may('a', 'y', '*')]]),
    ).toEqual([may('a', 'x', '1', '2', '3'), may('a', 'y', '*')]);
  });
});

describe('covering', () => {
  const names = fc.oneof(
    resourceName,
    resourceName.map((name) => `${name}x`),
  );

  test('is sound: whatever a covered permission permits, the rights permit (P6)', () => {
    fc.assert(
      fc.property(permissions, permission, fc.array(names, { minLength: 5, maxLength: 20 }), (held, wanted, tried) => {
        const rights = rightsOf(held, CATALOGUE);
        fc.pre(covers(rights, wanted, CATALOGUE));
        const given = rightsOf([wanted], CATALOGUE);
        for (const { key } of OPERATIONS) {
          for (const name of [...tried, ...wanted.ids]) {
            if (isPermitted(given, key, name)) expect(isPermitted(rights, key, name), `${key} ${name}`).toBe(true);
          }
        }
      }),
      { numRuns: 1_000 },
    );
  });

  test('everybody covers what they hold, when the catalogue knows it (P6)', () => {
    fc.assert(
      fc.property(permissionList, (held) => {
        const rights = rightsOf(held, CATALOGUE);
        for (const own of held) {
          const isKnown = OPERATIONS.some(({ key }) => key === `${own.resourceType}:${own.operation}`);
          expect(covers(rights, own, CATALOGUE)).toBe(isKnown);
        }
      }),
    );
  });

  test.each([
    [may('database', 'query', 'sales'), true],
    [may('database', 'query', 'sales', 'lab_1'), true],
    [may('database', 'query', 'lab_*'), true],
    [may('database', 'query', 'lab_x*'), true],
    [may('database', 'query', 'lab*'), false],
    [may('database', 'query', 'sales*'), false],
    [may('database', 'query', '*'), false],
    [may('database', 'query', 'sales', 'finance'), false],
    [may('database', 'import', '*'), true],
    [may('database', 'manage', 'lab_1'), false],
    [may('database', 'edit', 'sales'), false],
    [may('database', 'vacuum', 'sales'), false],
    [may('queue', 'query', 'sales'), false],
  ])('%o by query on sales and lab_*, import on all: %j (P6)', (wanted, isCovered) => {
    const held = [may('database', 'query', 'sales', 'lab_*'), may('database', 'import', '*')];
    expect(covers(rightsOf(held, DEFAULT_CATALOGUE), wanted, DEFAULT_CATALOGUE)).toBe(isCovered);
  });

  test('a star inside a name is no pattern, and gives no pattern away (P6)', () => {
    const rights = rightsOf([may('database', 'query', 'a**')], DEFAULT_CATALOGUE);
    expect(covers(rights, may('database', 'query', 'a*'), DEFAULT_CATALOGUE)).toBe(false);
    expect(isPermitted(rights, 'database:query', 'ab')).toBe(false);
  });

  test('whoever holds each included operation but not the including one cannot give the including one (P6)', () => {
    const held = ['query', 'edit', 'import', 'download'].map((operation) => may('database', operation, '*'));
    const rights = rightsOf(held, DEFAULT_CATALOGUE);
    expect(covers(rights, may('database', 'manage', '*'), DEFAULT_CATALOGUE)).toBe(false);
  });
});
