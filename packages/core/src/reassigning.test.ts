import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CATALOGUE, OPERATIONS, permissionList, permissions, resourceName } from '../test-support/arbitraries.ts';
import type { KeyKind } from './key-text.ts';
import { PERMISSION_IDS_MOST, PERMISSIONS_MOST } from './limits.ts';
import { effectivePermissions } from './narrowing.ts';
import { EVERYTHING, isPermitted, type Permission, type Permissions, rightsOf } from './permissions.ts';
import { addedByWidening, isWithinLimits, type Reassignment, reassignedNarrowing } from './reassigning.ts';

const onDatabase = (operation: string, ...ids: string[]): Permission => ({ resourceType: 'database', operation, ids });

/** A user's type and permissions, which belong together (P1). */
const somebody = fc.oneof(
  permissions.map((held) => ({
    userType: held === 'everything' ? ('administrator' as const) : ('restricted' as const),
    permissions: held,
  })),
  fc.constant({ userType: 'owner' as const, permissions: 'everything' as const }),
);
const key = fc.record({ kind: fc.constantFrom<KeyKind>('master', 'write_only'), narrowing: fc.option(permissionList) });

/** Whether a key may do an operation, asked of the list that `effectivePermissions` gives. */
function may(
  of: { readonly kind: KeyKind; readonly narrowing: readonly Permission[] | null },
  owner: Permissions,
  asked: { readonly operation: string; readonly name: string },
): boolean {
  const effective = effectivePermissions(of, owner, CATALOGUE);
  const rights = rightsOf(effective.includes(EVERYTHING) ? 'everything' : effective, CATALOGUE);
  return isPermitted(rights, asked.operation, asked.name);
}

describe('what a key is narrowed to when it passes to another owner', () => {
  test('is what it could do with the old one: no more whatever the new owner ever gets, and no less (U4, K5)', () => {
    fc.assert(
      fc.property(key, somebody, somebody, fc.array(resourceName, { minLength: 4 }), (of, from, to, names) => {
        const passed = { ...of, narrowing: reassignedNarrowing(of, { from, to, catalogue: CATALOGUE }) };
        for (const operation of OPERATIONS) {
          for (const name of names) {
            const asked = { operation: operation.key, name };
            expect(may(passed, 'everything', asked)).toBe(may(of, from.permissions, asked));
          }
        }
      }),
      { seed: 4_004 },
    );
  });

  test('manages nobody whom it could not manage before: an unnarrowed key never passes to a higher type (U3, K14)', () => {
    fc.assert(
      fc.property(key, somebody, somebody, (of, from, to) => {
        const narrowing = reassignedNarrowing(of, { from, to, catalogue: CATALOGUE });
        if (of.kind === 'master' && narrowing === null) {
          expect(from.permissions).toBe('everything');
          expect(from.userType === 'administrator' && to.userType === 'owner').toBe(false);
        }
      }),
      { seed: 4_005 },
    );
  });

  const restricted = (...held: Permission[]) => ({ userType: 'restricted', permissions: held }) as const;
  const administrator = { userType: 'administrator', permissions: 'everything' } as const;
  const owner = { userType: 'owner', permissions: 'everything' } as const;
  const all = [
    onDatabase('manage', '*'),
    { resourceType: 'stream', operation: 'append', ids: ['*'] },
    { resourceType: 'stream', operation: 'read', ids: ['*'] },
  ];
  type Row = Pick<Reassignment, 'from' | 'to'> & {
    readonly title: string;
    readonly narrowing: readonly Permission[] | null;
    readonly expected: readonly Permission[] | null | 'same';
  };
  const editor = restricted(onDatabase('edit', 'a*'));
  const reader = restricted(onDatabase('query', 'a*'));
  const ofReader = [onDatabase('query', 'a*')];
  const [ab, abAndB] = [[onDatabase('query', 'ab')], [onDatabase('query', 'ab', 'b')]];
  const table: readonly Row[] = [
    { title: 'all of a restricted owner', from: reader, to: administrator, narrowing: null, expected: ofReader },
    { title: 'nothing of who had nothing', from: restricted(), to: reader, narrowing: null, expected: [] },
    { title: 'both narrowings', from: editor, to: owner, narrowing: abAndB, expected: ab },
    { title: 'its own, within the owner', from: editor, to: owner, narrowing: ab, expected: 'same' },
    { title: 'its own, of an administrator', from: administrator, to: owner, narrowing: ab, expected: 'same' },
    { title: 'not at all, between equals', from: administrator, to: administrator, narrowing: null, expected: null },
    { title: 'not at all, from above', from: administrator, to: reader, narrowing: null, expected: null },
    { title: 'every operation, towards the Owner', from: administrator, to: owner, narrowing: null, expected: all },
  ];
  test.each(table)('$title', ({ from, to, narrowing, expected }) => {
    const result = reassignedNarrowing({ kind: 'master', narrowing }, { from, to, catalogue: CATALOGUE });
    if (expected === 'same') expect(result).toBe(narrowing);
    else expect(result).toEqual(expected);
  });
});

describe('what widening would add', () => {
  test('is nothing that the key may do anyway, and all that it may not (U4)', () => {
    fc.assert(
      fc.property(key, somebody, somebody, fc.array(resourceName, { minLength: 4 }), (of, from, to, names) => {
        const reassignment = { from, to, catalogue: CATALOGUE };
        const added = addedByWidening(of, reassignment);
        const narrowed = { ...of, narrowing: reassignedNarrowing(of, reassignment) };
        const rights = rightsOf(added.includes(EVERYTHING) ? 'everything' : added, CATALOGUE);
        for (const operation of OPERATIONS) {
          for (const name of names) {
            const asked = { operation: operation.key, name };
            const isGained = may(of, to.permissions, asked) && !may(narrowed, to.permissions, asked);
            if (isGained) expect(isPermitted(rights, operation.key, name)).toBe(true);
            if (isPermitted(rights, operation.key, name)) expect(may(of, to.permissions, asked)).toBe(true);
          }
        }
      }),
      { seed: 4_006 },
    );
  });
});

test('a list is within the limits of policies and narrowings up to the very limits', () => {
  const names = (count: number) => Array.from({ length: count }, (_, index) => `n${index}`);
  const many = (count: number) => Array.from({ length: count }, () => onDatabase('query', 'a'));
  expect(isWithinLimits(many(PERMISSIONS_MOST))).toBe(true);
  expect(isWithinLimits(many(PERMISSIONS_MOST + 1))).toBe(false);
  expect(isWithinLimits([onDatabase('query', ...names(PERMISSION_IDS_MOST))])).toBe(true);
  expect(isWithinLimits([onDatabase('query', ...names(PERMISSION_IDS_MOST + 1))])).toBe(false);
});
