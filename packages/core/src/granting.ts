import type { ResourceCatalogue } from './catalogue.ts';
import { covers, type Permission, type Permissions, rightsOf } from './permissions.ts';

/**
 * Of the permissions that somebody wants to give, those that they do not have themselves (P6); none means they may give
 * all. Parse the list against the catalogue first: what the catalogue does not know is nobody's to give.
 */
export function permissionsNotHeld(
  giver: Permissions,
  wanted: readonly Permission[],
  catalogue: ResourceCatalogue,
): readonly Permission[] {
  const rights = rightsOf(giver, catalogue);
  return wanted.filter((permission) => !covers(rights, permission, catalogue));
}

/** Whether somebody may give a list of permissions: nobody gives what they do not have (P6). */
export function mayGive(giver: Permissions, wanted: readonly Permission[], catalogue: ResourceCatalogue): boolean {
  return permissionsNotHeld(giver, wanted, catalogue).length === 0;
}

/**
 * Whether a key may be narrowed to a list, whatever it was narrowed to before: edits go either way within the owner's
 * rights (K5). Null takes the narrowing off, which gives the key no more than its owner has; `[]` is nothing at all.
 */
export function mayNarrowTo(
  owner: Permissions,
  wanted: readonly Permission[] | null,
  catalogue: ResourceCatalogue,
): boolean {
  return wanted === null || mayGive(owner, wanted, catalogue);
}
