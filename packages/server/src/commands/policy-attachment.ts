import { ok, type PolicyId, type UserId } from '@claviger/core';
import type { Policy, Reader, User } from '@claviger/storage';
import { type ActingUser, requireAdministrator } from './acting-user.ts';
import { findVisiblePolicy } from './managed-policy.ts';
import { findManagedUser } from './managed-user.ts';
import type { Outcome } from './outcome.ts';

/** A policy and a user, by id. */
export type PolicyUser = { readonly policyId: PolicyId; readonly userId: UserId };

/** Finds a policy and a user for attaching or detaching: administrators', to users they manage, never one's own restricted self (P5, U3). */
export async function findAttachment(
  reader: Reader,
  acting: ActingUser,
  { policyId, userId }: PolicyUser,
): Outcome<{ readonly policy: Policy; readonly user: User }> {
  const allowed = requireAdministrator(acting);
  if (!allowed.ok) return allowed;
  const policy = await findVisiblePolicy(reader, acting, policyId);
  if (!policy.ok) return policy;
  const user = await findManagedUser(reader, acting, { userId, pointer: null });
  return user.ok ? ok({ policy: policy.value, user: user.value }) : user;
}
