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
  const [first] = narrowingRefusals(permissions, scope);
  return first === undefined ? ok(permissions) : refuse(first);
}

/** Everything that is wrong with a narrowing: what the catalogue does not know comes before what the owner lacks. */
export function narrowingRefusals(
  permissions: readonly Permission[] | null,
  { ownerId, ownerPermissions, catalogue }: NarrowingScope,
): readonly FieldRefusal[] {
  const rights = rightsOf(ownerPermissions, catalogue);
  const pointed = (permissions ?? []).map((permission, index) => ({ permission, pointer: `/permissions/${index}` }));
  const isUnknown = ({ permission: { resourceType, operation } }: (typeof pointed)[number]): boolean =>
    findOperation(catalogue, resourceType, operation) === undefined;
  const unknown = pointed.filter(isUnknown);
  const beyond = pointed.filter((asked) => !isUnknown(asked) && !covers(rights, asked.permission, catalogue));
  return [
    ...unknown.map((asked) => ({ kind: 'unknown-operation', ...asked }) as const),
    ...beyond.map((asked) => ({ kind: 'permission-beyond-owner', ...asked, ownerId }) as const),
  ];
}
