import {
  type AttributeChange,
  changesBetween,
  type KeyKind,
  type UserExpirationPolicy,
  type UserType,
} from '@claviger/core';
import type { User } from './entities.ts';
import { absent, userAttributes, userPolicyAttributes } from './event-attributes.ts';
import { NONE_RECORD, userRecord } from './feed-records.ts';
import { endResetsOf } from './password-resets.ts';
import type { Change } from './store.ts';
import { note, type Unit } from './unit.ts';
import { findUser, userRow } from './users.ts';

type UserEdit = Parameters<Change['users']['edit']>[1];

/** Changes users; deleting them is in `user-deletion.ts`. */
export function userChanges(unit: Unit): Omit<Change['users'], 'delete'> {
  return {
    create: (user, passwordHash) => createUser(unit, user, passwordHash),
    edit: (user, to) => editUser(unit, user, to),
    changeType: (user, to) => changeType(unit, user, to),
    disable: (user) => disableUser(unit, user),
    enable: (user) => enableUser(unit, user),
    changePassword: (user, passwordHash) => changePassword(unit, user, passwordHash),
    changeExpirationPolicy: (user, to) => changeExpirationPolicy(unit, user, to),
  };
}

/** The user as they are now, inside the change. */
export async function currentUser(unit: Unit, user: Pick<User, 'accountId' | 'id'>): Promise<User> {
  const current = await findUser(unit.db, user.accountId, user.id);
  if (current === null) throw new Error(`there is no user ${user.id} to change`);
  return current;
}

/** The address is taken or not in one statement: on PostgreSQL two accounts may ask for it at the same moment (T1). */
async function createUser(unit: Unit, user: User, passwordHash: string | null): Promise<'created' | 'email-taken'> {
  const { numInsertedOrUpdatedRows } = await unit.db
    .insertInto('users')
    .values(userRow(user, passwordHash))
    .onConflict((conflict) => conflict.column('email_lower').doNothing())
    .executeTakeFirstOrThrow();
  if (numInsertedOrUpdatedRows !== 1n) return 'email-taken';
  await writeLifespans(unit, user, user.expiration);
  for (const policyId of user.policyIds) {
    const row = { account_id: user.accountId, policy_id: policyId, user_id: user.id };
    await unit.db.insertInto('policy_users').values(row).execute();
  }
  const attributes = userAttributes(user);
  noteUser(unit, 'user.created', user, {
    changes: changesBetween(absent(attributes), attributes),
    isForVerifiers: true,
  });
  return 'created';
}

async function editUser(unit: Unit, user: User, to: UserEdit): Promise<void> {
  const before = await currentUser(unit, user);
  const after: User = { ...before, ...to };
  const changes = changesBetween(userAttributes(before), userAttributes(after));
  if (changes.length === 0) return;
  const { name, contacts, ends_reported_keys } = userRow(after, null);
  await unit.db.updateTable('users').set({ name, contacts, ends_reported_keys }).where('id', '=', user.id).execute();
  noteUser(unit, 'user.changed', after, { changes, isForVerifiers: false });
}

async function changeType(unit: Unit, user: User, to: UserType): Promise<void> {
  const before = await currentUser(unit, user);
  if (before.userType === to) return;
  await unit.db.updateTable('users').set({ user_type: to }).where('id', '=', user.id).execute();
  noteUserState(unit, 'user.type_changed', before, { ...before, userType: to });
}

async function disableUser(unit: Unit, user: User): Promise<'disabled' | 'already-disabled'> {
  const before = await currentUser(unit, user);
  if (before.disabledAt !== null) return 'already-disabled';
  const after: User = { ...before, disabledAt: unit.context.now };
  await unit.db.updateTable('users').set({ disabled_at: after.disabledAt }).where('id', '=', user.id).execute();
  noteUserState(unit, 'user.disabled', before, after);
  return 'disabled';
}

async function enableUser(unit: Unit, user: User): Promise<'enabled' | 'not-disabled'> {
  const before = await currentUser(unit, user);
  if (before.disabledAt === null) return 'not-disabled';
  await unit.db.updateTable('users').set({ disabled_at: null }).where('id', '=', user.id).execute();
  noteUserState(unit, 'user.enabled', before, { ...before, disabledAt: null });
  return 'enabled';
}

async function changePassword(unit: Unit, user: User, passwordHash: string): Promise<void> {
  const current = await currentUser(unit, user);
  await unit.db.updateTable('users').set({ password_hash: passwordHash }).where('id', '=', user.id).execute();
  await endResetsOf(unit, user.id);
  noteUser(unit, 'user.password_changed', current, { changes: [], isForVerifiers: false });
}

async function changeExpirationPolicy(unit: Unit, user: User, to: UserExpirationPolicy): Promise<void> {
  const before = await currentUser(unit, user);
  const changes = changesBetween(userPolicyAttributes(before.expiration), userPolicyAttributes(to));
  if (changes.length === 0) return;
  await unit.db.deleteFrom('user_lifespans').where('user_id', '=', user.id).execute();
  await writeLifespans(unit, before, to);
  noteUser(unit, 'expiration_policy.changed', before, { changes, isForVerifiers: false });
}

async function writeLifespans(unit: Unit, user: User, policy: UserExpirationPolicy): Promise<void> {
  for (const kind of ['master', 'write_only'] as const satisfies readonly KeyKind[]) {
    const days = policy[kind];
    if (days === undefined) continue;
    const row = { account_id: user.accountId, user_id: user.id, kind, lifespan_days: days };
    await unit.db.insertInto('user_lifespans').values(row).execute();
  }
}

function noteUserState(unit: Unit, name: string, before: User, after: User): void {
  const changes = changesBetween(userAttributes(before), userAttributes(after));
  noteUser(unit, name, after, { changes, isForVerifiers: true });
}

function noteUser(
  unit: Unit,
  name: string,
  user: User,
  event: { readonly changes: readonly AttributeChange[]; readonly isForVerifiers: boolean },
): void {
  note(
    unit,
    { name, affectedUserId: user.id, resourceId: user.id, keyKind: null, changes: event.changes },
    { accountId: user.accountId, record: event.isForVerifiers ? userRecord(user) : NONE_RECORD },
  );
}
