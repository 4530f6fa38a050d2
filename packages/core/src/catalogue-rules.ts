import { findOperation, type ResourceCatalogue } from './catalogue.ts';
import { PERMISSION_IDS_MOST, PERMISSIONS_MOST, RESOURCE_NAME_LONGEST } from './limits.ts';
import type { Permission } from './permissions.ts';

const RESOURCE_NAME = /^[A-Za-z0-9_.-]+$/;

/** What is wrong with one entry of a list of permissions: where it stands, and the value to show (P2). */
export type PermissionMistake =
  | { readonly kind: 'too-many-permissions'; readonly most: number }
  | { readonly kind: 'unknown-resource-type'; readonly index: number; readonly resourceType: string }
  | {
      readonly kind: 'unknown-operation';
      readonly index: number;
      readonly resourceType: string;
      readonly operation: string;
    }
  | { readonly kind: 'no-ids'; readonly index: number }
  | { readonly kind: 'too-many-ids'; readonly index: number; readonly most: number }
  | { readonly kind: 'bad-id'; readonly index: number; readonly idIndex: number; readonly id: string };

/**
 * Whether a text names one resource: 1 to 200 characters of `A-Z a-z 0-9 _ . -` (P2). No comma, colon or star, so that
 * `type:operation:ids` reads only one way in a header. A question may ask about any name; only permissions keep to this.
 */
export function isResourceName(text: string): boolean {
  return text.length <= RESOURCE_NAME_LONGEST && RESOURCE_NAME.test(text);
}

/** Whether a text may stand in a permission's `ids`: a resource name, the start of one and a final `*`, or `*` alone (P2). */
export function isPermissionId(text: string): boolean {
  return text === '*' || isResourceName(text.endsWith('*') ? text.slice(0, -1) : text);
}

/**
 * All mistakes in a list of permissions, none when it may be stored (P2, P3). An empty list is fine and means nothing;
 * an empty `ids` is a mistake: whoever means "on all" writes `["*"]`.
 */
export function mistakesInPermissions(
  permissions: readonly Permission[],
  catalogue: ResourceCatalogue,
): readonly PermissionMistake[] {
  if (permissions.length > PERMISSIONS_MOST) return [{ kind: 'too-many-permissions', most: PERMISSIONS_MOST }];
  return permissions.flatMap((permission, index) => [
    ...mistakesInOperation(permission, index, catalogue),
    ...mistakesInIds(permission.ids, index),
  ]);
}

function mistakesInOperation(
  { resourceType, operation }: Permission,
  index: number,
  catalogue: ResourceCatalogue,
): PermissionMistake[] {
  if (!catalogue.some((type) => type.name === resourceType)) {
    return [{ kind: 'unknown-resource-type', index, resourceType }];
  }
  if (findOperation(catalogue, resourceType, operation) !== undefined) return [];
  return [{ kind: 'unknown-operation', index, resourceType, operation }];
}

function mistakesInIds(ids: readonly string[], index: number): PermissionMistake[] {
  if (ids.length === 0) return [{ kind: 'no-ids', index }];
  if (ids.length > PERMISSION_IDS_MOST) return [{ kind: 'too-many-ids', index, most: PERMISSION_IDS_MOST }];
  return ids.flatMap((id, idIndex) => (isPermissionId(id) ? [] : [{ kind: 'bad-id' as const, index, idIndex, id }]));
}
