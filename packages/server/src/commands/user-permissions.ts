import { isAdministrative, type Permissions, unionOf } from '@claviger/core';
import type { Reader, User } from '@claviger/storage';

/** What a user may do at this moment: everything for the Owner and administrators, else the union of their policies (P1). */
export async function permissionsOf(reader: Reader, user: User): Promise<Permissions> {
  if (isAdministrative(user.userType)) return 'everything';
  const policies = await reader.policies.of(user);
  return unionOf(policies.map((policy) => policy.permissions));
}
