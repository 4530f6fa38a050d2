import { isAdministrative, ok, type PolicyId, refuse } from '@claviger/core';
import type { Policy, Reader } from '@claviger/storage';
import type { ActingUser } from './acting-user.ts';
import type { Outcome } from './outcome.ts';

/** Finds a policy that the caller may read: administrators all, others those attached to them (P5). */
export async function findVisiblePolicy(reader: Reader, acting: ActingUser, policyId: PolicyId): Outcome<Policy> {
  const { account, user } = acting;
  const policy = await reader.policies.find(account.id, policyId);
  const isVisible = isAdministrative(user.userType) || user.policyIds.includes(policyId);
  return policy === null || !isVisible ? refuse({ kind: 'policy-not-found', policyId }) : ok(policy);
}
