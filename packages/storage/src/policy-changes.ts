import { type AttributeChange, changesBetween } from '@claviger/core';
import type { Policy, User } from './entities.ts';
import { absent, policyAttributes } from './event-attributes.ts';
import { policyDeletedRecord, policyRecord, userRecord } from './feed-records.ts';
import { findPolicy, policyRow, usersOf } from './policies.ts';
import type { Change } from './store.ts';
import { note, type PendingEvent, type Unit } from './unit.ts';
import { currentUser } from './user-changes.ts';

/** Changes policies and who has them. */
export function policyChanges(unit: Unit): Change['policies'] {
  return {
    create: (policy) => createPolicy(unit, policy),
    edit: (policy, to) => editPolicy(unit, policy, to),
    delete: (policy) => deletePolicy(unit, policy),
    attach: (policy, user) => attachPolicy(unit, policy, user),
    detach: (policy, user) => detachPolicy(unit, policy, user),
  };
}

async function createPolicy(unit: Unit, policy: Policy): Promise<void> {
  await unit.db.insertInto('policies').values(policyRow(policy)).execute();
  const attributes = policyAttributes(policy);
  const changes = changesBetween(absent(attributes), attributes);
  notePolicy(unit, { name: 'policy.created', changes }, policy, policyRecord(policy));
}

async function editPolicy(
  unit: Unit,
  policy: Policy,
  to: Partial<Pick<Policy, 'name' | 'description' | 'permissions'>>,
): Promise<void> {
  const before = await currentPolicy(unit, policy);
  const after: Policy = { ...before, ...to };
  const changes = changesBetween(policyAttributes(before), policyAttributes(after));
  if (changes.length === 0) return;
  const { name, description, permissions } = policyRow(after);
  await unit.db.updateTable('policies').set({ name, description, permissions }).where('id', '=', policy.id).execute();
  notePolicy(unit, { name: 'policy.changed', changes }, after, policyRecord(after));
}

/** Users lose it before it goes, one event each: verifiers never hold a user with a policy that is gone (P4). */
async function deletePolicy(unit: Unit, policy: Policy): Promise<void> {
  const before = await currentPolicy(unit, policy);
  for (const userId of await usersOf(unit.db, policy.accountId, policy.id)) {
    await detachPolicy(unit, before, { accountId: policy.accountId, id: userId });
  }
  await unit.db.deleteFrom('policies').where('id', '=', policy.id).execute();
  const attributes = policyAttributes(before);
  const changes = changesBetween(attributes, absent(attributes));
  notePolicy(unit, { name: 'policy.deleted', changes }, before, policyDeletedRecord(before));
}

async function attachPolicy(unit: Unit, policy: Policy, user: User): Promise<'attached' | 'already-attached'> {
  const before = await currentUser(unit, user);
  if (before.policyIds.includes(policy.id)) return 'already-attached';
  const row = { account_id: policy.accountId, policy_id: policy.id, user_id: user.id };
  await unit.db.insertInto('policy_users').values(row).execute();
  noteAttachment(unit, 'policy.attached', { policy, before, after: await currentUser(unit, user) });
  return 'attached';
}

/** Takes a policy from a user. */
export async function detachPolicy(
  unit: Unit,
  policy: Policy,
  user: Pick<User, 'accountId' | 'id'>,
): Promise<'detached' | 'not-attached'> {
  const before = await currentUser(unit, user);
  if (!before.policyIds.includes(policy.id)) return 'not-attached';
  await unit.db.deleteFrom('policy_users').where('policy_id', '=', policy.id).where('user_id', '=', user.id).execute();
  noteAttachment(unit, 'policy.detached', { policy, before, after: await currentUser(unit, user) });
  return 'detached';
}

function noteAttachment(
  unit: Unit,
  name: string,
  step: { readonly policy: Policy; readonly before: User; readonly after: User },
): void {
  const { policy, before, after } = step;
  note(
    unit,
    {
      name,
      affectedUserId: after.id,
      resourceId: policy.id,
      keyKind: null,
      changes: changesBetween({ policy_ids: before.policyIds }, { policy_ids: after.policyIds }),
    },
    { accountId: policy.accountId, record: userRecord(after) },
  );
}

function notePolicy(
  unit: Unit,
  event: { readonly name: string; readonly changes: readonly AttributeChange[] },
  policy: Policy,
  record: PendingEvent['record'],
): void {
  note(
    unit,
    { ...event, affectedUserId: null, resourceId: policy.id, keyKind: null },
    { accountId: policy.accountId, record },
  );
}

async function currentPolicy(unit: Unit, policy: Policy): Promise<Policy> {
  const current = await findPolicy(unit.db, policy.accountId, policy.id);
  if (current === null) throw new Error(`there is no policy ${policy.id} to change`);
  return current;
}
