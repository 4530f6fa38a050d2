import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DEFAULT_CATALOGUE } from './catalogue.ts';
import { isPermissionId, isResourceName, mistakesInPermissions } from './catalogue-rules.ts';
import { PERMISSION_IDS_MOST, PERMISSIONS_MOST, RESOURCE_NAME_LONGEST } from './limits.ts';
import type { Permission } from './permissions.ts';

const LONGEST = 'a'.repeat(RESOURCE_NAME_LONGEST);
const may = (resourceType: string, operation: string, ...ids: string[]): Permission => ({
  resourceType,
  operation,
  ids,
});
const mistakes = (...permissions: Permission[]) => mistakesInPermissions(permissions, DEFAULT_CATALOGUE);

describe('names (P2)', () => {
  test.each(['a', 'A', '0', '_', '.', '-', 'sales.2026-01_x', LONGEST])('%j names a resource', (text) => {
    expect(isResourceName(text)).toBe(true);
    expect(isPermissionId(text)).toBe(true);
    expect(isPermissionId(`${text}*`)).toBe(true);
    expect(isResourceName(`${text}*`)).toBe(false);
  });

  test.each(['', `${LONGEST}a`, 'a b', 'a,b', 'a:b', 'a/b', 'é', 'a\n', ' a', 'a\u0000', '𝒜', '%', '"'])(
    '%j names nothing',
    (text) => {
      expect(isResourceName(text)).toBe(false);
      expect(isPermissionId(text)).toBe(false);
      if (text !== '') expect(isPermissionId(`${text}*`)).toBe(false);
    },
  );

  test.each([
    ['*', true],
    ['a*', true],
    ['**', false],
    ['*a', false],
    ['a*b', false],
    ['a**', false],
  ])('%j in a permission: %j (P2)', (text, isFine) => expect(isPermissionId(text)).toBe(isFine));

  test('permissions in one header line read only one way (D10)', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        if (isPermissionId(text)) expect(text).not.toMatch(/[:,\s]/);
      }),
    );
  });
});

describe('lists of permissions', () => {
  test('a good list has no mistakes, an empty one means nothing (P2)', () => {
    expect(mistakes()).toEqual([]);
    expect(mistakes(may('database', 'query', 'sales', 'web_*'), may('database', 'manage', '*'))).toEqual([]);
  });

  test('all mistakes are named at once, each with its place (P2, T3)', () => {
    expect(
      mistakes(
        may('queue', 'push', '*'),
        may('database', 'vacuum', '*'),
        may('database', 'query'),
        may('database', 'query', 'a', 'b c', '*', ''),
        may('*', '*', '*'),
      ),
    ).toEqual([
      { kind: 'unknown-resource-type', index: 0, resourceType: 'queue' },
      { kind: 'unknown-operation', index: 1, resourceType: 'database', operation: 'vacuum' },
      { kind: 'no-ids', index: 2 },
      { kind: 'bad-id', index: 3, idIndex: 1, id: 'b c' },
      { kind: 'bad-id', index: 3, idIndex: 3, id: '' },
      { kind: 'unknown-resource-type', index: 4, resourceType: '*' },
    ]);
  });

  test.each([
    [PERMISSION_IDS_MOST, []],
    [PERMISSION_IDS_MOST + 1, [{ kind: 'too-many-ids', index: 0, most: PERMISSION_IDS_MOST }]],
  ])('%i names in one permission: %o', (count, expected) => {
    expect(mistakes(may('database', 'query', ...Array<string>(count).fill('a')))).toEqual(expected);
  });

  test.each([
    [PERMISSIONS_MOST, []],
    [PERMISSIONS_MOST + 1, [{ kind: 'too-many-permissions', most: PERMISSIONS_MOST }]],
  ])('%i permissions: %o', (count, expected) => {
    expect(mistakes(...Array<Permission>(count).fill(may('database', 'query', 'a')))).toEqual(expected);
  });
});
