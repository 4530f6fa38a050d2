import {
  covers,
  findOperation,
  ok,
  type Permission,
  type Permissions,
  refuse,
  type ResourceCatalogue,
  type Result,
  rightsOf,
  type UserId,
} from '@claviger/core';
import type { FieldRefusal } from '../refusal.ts';

/** Whose rights a narrowing is measured by. */
export type NarrowingScope = {
  readonly ownerId: UserId;
  readonly ownerPermissions: Permissions;
  readonly catalogue: ResourceCatalogue;
};

/** Checks that the catalogue knows every permission (P3): one that it does not know would give nothing, silently. */
export function checkPermissions<T extends readonly Permission[] | null>(
  permissions: T,
  catalogue: ResourceCatalogue,
): Result<T, FieldRefusal> {
  for (const [index, permission] of (permissions ?? []).entries()) {
    if (findOperation(catalogue, permission.resourceType, permission.operation) === undefined) {
      return refuse({ kind: 'unknown-operation', pointer: `/permissions/${index}`, permission });
    }
  }
  return ok(permissions);
}

/**
 * Checks that a key's narrowing gives nothing that its owner lacks at this moment (K5, P6); null narrows nothing.
 * Administrators who narrow somebody else's key are held to that owner's rights, not to their own.
 */
export function checkNarrowing<T extends readonly Permission[] | null>(
  permissions: T,
  scope: NarrowingScope,
): Result<T, FieldRefusal> {
  const known = checkPermissions(permissions, scope.catalogue);
  if (!known.ok) return known;
  const rights = rightsOf(scope.ownerPermissions, scope.catalogue);
  const beyond = (permissions ?? []).findIndex((permission) => !covers(rights, permission, scope.catalogue));
  const permission = permissions?.[beyond];
  if (permission === undefined) return known;
  return refuse({
    kind: 'permission-beyond-owner',
    pointer: `/permissions/${beyond}`,
    permission,
    ownerId: scope.ownerId,
  });
}
