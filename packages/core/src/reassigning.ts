import type { ResourceCatalogue } from './catalogue.ts';
import { mayGive, permissionsNotHeld } from './granting.ts';
import type { KeyKind } from './key-text.ts';
import { PERMISSION_IDS_MOST, PERMISSIONS_MOST } from './limits.ts';
import { isRise, type UserType } from './management.ts';
import { effectivePermissions, withoutIncluded } from './narrowing.ts';
import { EVERYTHING, type Permission, type Permissions } from './permissions.ts';

/** As much of a key as passing it on needs; `narrowing` null is not narrowed. */
export type ReassignedKey = { readonly kind: KeyKind; readonly narrowing: readonly Permission[] | null };

/** Who gives a key up and who gets it. */
export type Reassignment = {
  readonly from: { readonly userType: UserType; readonly permissions: Permissions };
  readonly to: { readonly userType: UserType; readonly permissions: Permissions };
  readonly catalogue: ResourceCatalogue;
};

/**
 * What a key is narrowed to when it passes to another owner: to what it could do with the old one (U4, K5). Somebody else
 * may know its text, so it must not gain anything by the new owner's rights, now or later. A narrowing that already lies
 * within the old owner's rights stays as it is.
 */
export function reassignedNarrowing(
  key: ReassignedKey,
  { from, to, catalogue }: Reassignment,
): readonly Permission[] | null {
  const could = from.permissions === 'everything' ? allOf(catalogue) : from.permissions;
  if (from.permissions === 'everything' && !managesMore(key, { from, to })) return key.narrowing;
  if (key.narrowing !== null && mayGive(could, key.narrowing, catalogue)) return key.narrowing;
  return withoutIncluded(effectivePermissions(key, could, catalogue), catalogue);
}

/** What a key could do with its new owner if it were not narrowed to what it could do with the old one (U4: `widen`). */
export function addedByWidening(key: ReassignedKey, reassignment: Reassignment): readonly Permission[] {
  const { to, catalogue } = reassignment;
  const narrowing = reassignedNarrowing(key, reassignment);
  if (narrowing === key.narrowing) return [];
  const wide = effectivePermissions(key, to.permissions, catalogue);
  // Who may do everything also manages the account with such a key, which no list of operations says.
  if (wide.includes(EVERYTHING)) return wide;
  const narrow = effectivePermissions({ ...key, narrowing }, to.permissions, catalogue);
  return withoutIncluded(permissionsNotHeld(narrow, wide, catalogue), catalogue);
}

/** Whether a list is as short as policies and narrowings have to be. */
export function isWithinLimits(permissions: readonly Permission[]): boolean {
  return permissions.length <= PERMISSIONS_MOST && permissions.every(({ ids }) => ids.length <= PERMISSION_IDS_MOST);
}

/**
 * Whether a key would manage more users with its new owner. An administrator and the Owner may perform the same operations,
 * yet with the Owner's key one manages administrators; a narrowed key manages nobody (K14, U3).
 */
function managesMore(key: ReassignedKey, { from, to }: Pick<Reassignment, 'from' | 'to'>): boolean {
  return key.kind === 'master' && key.narrowing === null && isRise(from.userType, to.userType);
}

/** Every operation there is, on everything. */
function allOf(catalogue: ResourceCatalogue): readonly Permission[] {
  return catalogue.flatMap((type) =>
    type.operations.map((operation) => ({ resourceType: type.name, operation: operation.name, ids: ['*'] })),
  );
}
