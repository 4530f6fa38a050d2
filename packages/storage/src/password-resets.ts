import { type AccountId, formatInstant, instant, type PasswordResetId, type UserId } from '@claviger/core';
import type { Kysely, Selectable } from 'kysely';
import type { PasswordReset } from './entities.ts';
import type { PasswordResetChanges, PasswordResetReader } from './password-reset-store.ts';
import type { Tables } from './schema.ts';
import { note, type Unit } from './unit.ts';
import type { PasswordResetsTable } from './ways-in-tables.ts';

/** Reads password resets. */
export function passwordResetReader(db: Kysely<Tables>): PasswordResetReader {
  const rows = () => db.selectFrom('password_resets').selectAll();
  return {
    find: async (accountId, id) => {
      const row = await rows().where('id', '=', id).where('account_id', '=', accountId).executeTakeFirst();
      return row === undefined ? null : resetFrom(row);
    },
    findByDigest: async (digest) => {
      const row = await rows().where('digest', '=', digest).executeTakeFirst();
      return row === undefined ? null : resetFrom(row);
    },
  };
}

/** Changes password resets. Verifiers know nothing of them. */
export function passwordResetChanges(unit: Unit): PasswordResetChanges {
  return { create: (reset) => createReset(unit, reset), redeem: (reset) => redeemReset(unit, reset) };
}

/** Ends what the user could set a password with: another one was set, or a newer link was made. */
export async function endResetsOf(unit: Unit, userId: UserId): Promise<void> {
  await unit.db
    .updateTable('password_resets')
    .set({ ended_at: unit.context.now })
    .where('user_id', '=', userId)
    .where('ended_at', 'is', null)
    .execute();
}

async function createReset(unit: Unit, reset: PasswordReset): Promise<void> {
  await endResetsOf(unit, reset.userId);
  await unit.db.insertInto('password_resets').values(rowOf(reset)).execute();
  noteReset(unit, 'password_reset.requested', reset);
}

/** In one statement: of two requests with the same link, one gets it. */
async function redeemReset(unit: Unit, reset: PasswordReset): Promise<'redeemed' | 'already-ended'> {
  const { numUpdatedRows } = await unit.db
    .updateTable('password_resets')
    .set({ ended_at: unit.context.now })
    .where('id', '=', reset.id)
    .where('ended_at', 'is', null)
    .executeTakeFirstOrThrow();
  if (numUpdatedRows === 0n) return 'already-ended';
  noteReset(unit, 'password_reset.redeemed', reset);
  return 'redeemed';
}

function noteReset(unit: Unit, name: string, { accountId, userId, endsAt }: PasswordReset): void {
  const end = formatInstant(endsAt);
  const isNew = name === 'password_reset.requested';
  note(
    unit,
    {
      name,
      affectedUserId: userId,
      resourceId: userId,
      keyKind: null,
      changes: [{ attribute: 'ends_at', old: isNew ? null : end, new: isNew ? end : null }],
    },
    { accountId },
  );
}

function rowOf(reset: PasswordReset): Selectable<PasswordResetsTable> {
  return {
    id: reset.id,
    account_id: reset.accountId,
    user_id: reset.userId,
    digest: reset.digest,
    created_at: reset.createdAt,
    ends_at: reset.endsAt,
    ended_at: reset.endedAt,
  };
}

function resetFrom(row: Selectable<PasswordResetsTable>): PasswordReset {
  return {
    id: row.id as PasswordResetId,
    accountId: row.account_id as AccountId,
    userId: row.user_id as UserId,
    digest: row.digest,
    createdAt: instant(row.created_at),
    endsAt: instant(row.ends_at),
    endedAt: row.ended_at === null ? null : instant(row.ended_at),
  };
}
