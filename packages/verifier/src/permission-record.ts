import type { PolicyRecord } from '@claviger/contract';
import type { Permission } from '@claviger/core';

/** Permissions from the feed's words into ours. */
export function permissionsFrom(records: PolicyRecord['permissions']): readonly Permission[] {
  return records.map(({ resource_type, operation, ids }) => ({ resourceType: resource_type, operation, ids }));
}
