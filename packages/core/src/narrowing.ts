import { findOperation, type ResourceCatalogue, withIncluded } from './catalogue.ts';
import type { KeyKind } from './key-text.ts';
import { EVERYTHING, type Permission, type Permissions } from './permissions.ts';

/**
 * The permissions a key has in effect: its owner's current rights ∩ its kind ∩ its narrowing (K5).
 * `narrowing` null is not narrowed; an empty list is nothing. The answer lists single operations, inclusions worked in,
 * unless a master key may do everything.
 */
export function effectivePermissions(
  key: { readonly kind: KeyKind; readonly narrowing: readonly Permission[] | null },
  owner: Permissions,
  catalogue: ResourceCatalogue,
): readonly Permission[] {
  if (owner === 'everything' && key.narrowing === null && key.kind === 'master') return [EVERYTHING];
  const held = expand(owner, catalogue);
  const narrowed = key.narrowing === null ? held : meet(held, expand(key.narrowing, catalogue));
  const ofKind = key.kind === 'master' ? narrowed : narrowed.filter((held) => isIngestion(catalogue, held));
  return ofKind.filter((permission) => permission.ids.length > 0);
}

/** Whether an operation counts as ingestion; an unknown one does not (P3). */
export function isIngestion(catalogue: ResourceCatalogue, of: Pick<Permission, 'resourceType' | 'operation'>): boolean {
  return findOperation(catalogue, of.resourceType, of.operation)?.isIngestion === true;
}

/**
 * The same permissions without those that another one of the list brings along (P3). What is left is as wide, and short
 * enough to be kept wherever the list it was worked out from was.
 */
export function withoutIncluded(
  permissions: readonly Permission[],
  catalogue: ResourceCatalogue,
): readonly Permission[] {
  const isIncluded = (permission: Permission, at: number): boolean =>
    permissions.some(
      (other, index) =>
        index !== at && brings(other, permission, catalogue) && (index < at || !brings(permission, other, catalogue)),
    );
  return permissions.filter((permission, at) => !isIncluded(permission, at));
}

function brings(wide: Permission, narrow: Permission, catalogue: ResourceCatalogue): boolean {
  if (wide.resourceType !== narrow.resourceType) return false;
  const type = catalogue.find((candidate) => candidate.name === wide.resourceType);
  if (type === undefined || !withIncluded(type, wide.operation).has(narrow.operation)) return false;
  return narrow.ids.every((id) => wide.ids.some((other) => patternCovers(other, id)));
}

/** Each permission as the single operations it brings along, one entry for each type and operation. */
function expand(permissions: Permissions, catalogue: ResourceCatalogue): Permission[] {
  const expanded = new Map<string, Permission>();
  for (const type of catalogue) {
    for (const operation of type.operations) {
      const ids = permissions === 'everything' ? ['*'] : idsFor(permissions, type.name, operation.name, catalogue);
      if (ids.length === 0) continue;
      const permission = { resourceType: type.name, operation: operation.name, ids };
      expanded.set(`${type.name}:${operation.name}`, permission);
    }
  }
  return [...expanded.values()];
}

function idsFor(
  held: readonly Permission[],
  typeName: string,
  operation: string,
  catalogue: ResourceCatalogue,
): string[] {
  const type = catalogue.find((candidate) => candidate.name === typeName);
  if (type === undefined) return [];
  const giving = held.filter(
    (permission) => permission.resourceType === typeName && withIncluded(type, permission.operation).has(operation),
  );
  return simplify(giving.flatMap((permission) => permission.ids));
}

function meet(a: readonly Permission[], b: readonly Permission[]): Permission[] {
  const met: Permission[] = [];
  for (const left of a) {
    const right = b.find((other) => other.resourceType === left.resourceType && other.operation === left.operation);
    if (right === undefined) continue;
    met.push({ ...left, ids: simplify(left.ids.flatMap((x) => right.ids.flatMap((y) => meetPatterns(x, y)))) });
  }
  return met;
}

/** Two name patterns have in common the longer one, when the shorter one covers it, or nothing. */
function meetPatterns(a: string, b: string): string[] {
  if (patternCovers(a, b)) return [b];
  return patternCovers(b, a) ? [a] : [];
}

function patternCovers(wide: string, narrow: string): boolean {
  return wide.endsWith('*') ? narrow.startsWith(wide.slice(0, -1)) : wide === narrow;
}

/** Drops names that another of the list covers, and doubles. */
function simplify(ids: readonly string[]): string[] {
  const unique = [...new Set(ids)];
  return unique.filter((id) => !unique.some((other) => other !== id && patternCovers(other, id)));
}
