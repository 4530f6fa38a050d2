import { changesBetween } from '@claviger/core';
import { sql } from 'kysely';
import type { User } from './entities.ts';
import { absent, userAttributes } from './event-attributes.ts';
import { userDeletedRecord } from './feed-records.ts';
import { policyReader } from './policies.ts';
import { detachPolicy } from './policy-changes.ts';
import { endSession } from './session-changes.ts';
import { sessionReader } from './sessions.ts';
import { note, type Unit } from './unit.ts';
import { currentUser, userChanges } from './user-changes.ts';
import { usersWithContact } from './users.ts';

/** The tables whose rows are a user's own, by `user_id`: they go with the user. A test finds tables that are missing here. */
export const TABLES_OF_USERS = [
  'user_lifespans',
  'policy_users',
  'sessions',
  'sign_in_links',
  'password_resets',
  'totp_factors',
  'recovery_codes',
  'ip_allowlists',
] as const;

/**
 * Deletes a user whose keys are deleted or somebody else's by now; a key that is left is a fault, by the reference of its row.
 * What hangs on the user goes first, with an event each, and the user last: no verifier holds a user of whom less is true.
 */
export async function deleteUser(unit: Unit, user: User): Promise<void> {
  const before = await currentUser(unit, user);
  for (const session of await sessionReader(unit.db).listOf(user.id)) await endSession(unit, session);
  for (const policy of await policyReader(unit.db, unit.dialect).of(before)) await detachPolicy(unit, policy, before);
  for (const service of await usersWithContact(unit.db, user.accountId, user.id)) {
    const contacts = service.contacts.filter((id) => id !== user.id);
    await userChanges(unit).edit(service, { contacts });
  }
  for (const table of TABLES_OF_USERS) {
    await sql`delete from ${sql.table(table)} where user_id = ${user.id}`.execute(unit.db);
  }
  await unit.db.deleteFrom('users').where('id', '=', user.id).execute();
  const attributes = userAttributes(before);
  note(
    unit,
    {
      name: 'user.deleted',
      affectedUserId: user.id,
      resourceId: user.id,
      keyKind: null,
      changes: changesBetween(attributes, absent(attributes)),
    },
    { accountId: user.accountId, record: userDeletedRecord(user) },
  );
}
