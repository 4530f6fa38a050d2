import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CATALOGUE, OPERATIONS, permissionList, permissions, resourceName } from '../test-support/arbitraries.ts';
import { DEFAULT_CATALOGUE } from './catalogue.ts';
import { type DecisionSubject, decisionOf } from './decision.ts';
import type { KeyKind } from './key-text.ts';
import { effectivePermissions, isIngestion } from './narrowing.ts';
import { EVERYTHING, isPermitted, type Permission, type Permissions, rightsOf } from './permissions.ts';
import { instant } from './time.ts';

const kind = fc.constantFrom<KeyKind>('master', 'write_only');
const narrowing = fc.option(permissionList);
type Key = { readonly kind: KeyKind; readonly narrowing: readonly Permission[] | null };

function decide(key: Key, owner: Permissions, operation: (typeof OPERATIONS)[number], name: string): boolean {
  const subject: DecisionSubject = {
    kind: key.kind,
    isForciblyExpired: false,
    secretEndsAt: null,
    isDisabled: false,
    isOwnerDisabled: false,
    allowlist: null,
    bounds: null,
    ownerRights: rightsOf(owner, CATALOGUE),
    narrowedRights: key.narrowing === null ? null : rightsOf(key.narrowing, CATALOGUE),
  };
  const asked = { typeAndOperation: operation.key, resourceName: name, isIngestion: operation.isIngestion };
  return decisionOf(subject, { now: instant(0), operation: asked, ip: null, origin: null }) === 'allowed';
}

/** Rights as read back from a list of effective permissions. */
function rightsOfEffective(effective: readonly Permission[]) {
  const isAll = effective.length === 1 && effective[0] === EVERYTHING;
  return rightsOf(isAll ? 'everything' : effective, CATALOGUE);
}

describe('effective permissions', () => {
  test('say exactly what decisions allow, for every kind, operation and name (K5, P5)', () => {
    fc.assert(
      fc.property(kind, narrowing, permissions, fc.array(resourceName, { minLength: 8 }), (of, own, owner, names) => {
        const key = { kind: of, narrowing: own };
        const effective = effectivePermissions(key, owner, CATALOGUE);
        // Listed operations stand for themselves alone: read with a catalogue in which nothing includes anything.
        const flat = CATALOGUE.map((type) => ({
          ...type,
          operations: type.operations.map((o) => ({ ...o, includes: [] })),
        }));
        const listed = effective[0] === EVERYTHING ? rightsOf('everything', CATALOGUE) : rightsOf(effective, flat);
        for (const operation of OPERATIONS) {
          for (const name of names) {
            const answer = isPermitted(listed, operation.key, name);
            expect(answer, `${operation.key} ${name}`).toBe(decide(key, owner, operation, name));
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  test('never exceed the owner nor the narrowing (K5)', () => {
    fc.assert(
      fc.property(kind, narrowing, permissions, resourceName, (of, own, owner, name) => {
        const effective = rightsOfEffective(effectivePermissions({ kind: of, narrowing: own }, owner, CATALOGUE));
        for (const { key } of OPERATIONS) {
          if (!isPermitted(effective, key, name)) continue;
          expect(isPermitted(rightsOf(owner, CATALOGUE), key, name)).toBe(true);
          if (own !== null) expect(isPermitted(rightsOf(own, CATALOGUE), key, name)).toBe(true);
        }
      }),
    );
  });

  test('of a write-only key are ingestion and nothing else (K1)', () => {
    fc.assert(
      fc.property(narrowing, permissions, (own, owner) => {
        for (const held of effectivePermissions({ kind: 'write_only', narrowing: own }, owner, CATALOGUE)) {
          expect(isIngestion(CATALOGUE, held)).toBe(true);
        }
      }),
    );
  });

  test('have one entry for each operation, names that no other name covers, and no empty entry', () => {
    fc.assert(
      fc.property(kind, narrowing, permissions, (of, own, owner) => {
        const effective = effectivePermissions({ kind: of, narrowing: own }, owner, CATALOGUE);
        expect(new Set(effective.map((held) => `${held.resourceType}:${held.operation}`)).size).toBe(effective.length);
        for (const { ids } of effective) {
          expect(ids.length).toBeGreaterThan(0);
          expect(new Set(ids).size).toBe(ids.length);
          for (const wide of ids.filter((id) => id.endsWith('*'))) {
            for (const id of ids) if (id !== wide) expect(id.startsWith(wide.slice(0, -1))).toBe(false);
          }
        }
      }),
    );
  });
});

describe('by example', () => {
  const may = (operation: string, ...ids: string[]): Permission => ({ resourceType: 'database', operation, ids });
  const effective = (key: Key, owner: Permissions) => effectivePermissions(key, owner, DEFAULT_CATALOGUE);

  test('the Owner reads as everything', () => {
    expect(effective({ kind: 'master', narrowing: null }, 'everything')).toEqual([EVERYTHING]);
  });

  test("the Owner's write-only key may import everywhere (K1)", () => {
    expect(effective({ kind: 'write_only', narrowing: null }, 'everything')).toEqual([may('import', '*')]);
  });

  test('not narrowed is the owner, empty is nothing (K5)', () => {
    const owner = [may('query', 'sales')];
    expect(effective({ kind: 'master', narrowing: null }, owner)).toEqual(owner);
    expect(effective({ kind: 'master', narrowing: [] }, owner)).toEqual([]);
    expect(effective({ kind: 'master', narrowing: [] }, 'everything')).toEqual([]);
  });

  test('two names have the narrower one in common (K5)', () => {
    const narrowed = { kind: 'master', narrowing: [may('query', 'web_shop', 'lab_*', 'z')] } as const;
    expect(effective(narrowed, [may('query', 'web_*', 'lab_1', 'lab_1*', 'y')])).toEqual([
      may('query', 'web_shop', 'lab_1*'),
    ]);
  });

  test('inclusion is worked in: manage lists all it brings (P3)', () => {
    const listed = effective({ kind: 'master', narrowing: null }, [may('manage', 'a')]);
    expect(listed.map(({ operation }) => operation)).toEqual(['query', 'edit', 'import', 'download', 'manage']);
    expect(effective({ kind: 'write_only', narrowing: null }, [may('manage', 'a')])).toEqual([may('import', 'a')]);
  });
});
