import { instant, type UserId } from '@claviger/core';
import { type Kysely, sql } from 'kysely';
import type { Tables } from './schema.ts';
import type { SecondFactorChanges, SecondFactorReader } from './second-factor-store.ts';
import { note, type Unit } from './unit.ts';

type Holder = Parameters<SecondFactorChanges['remove']>[0];

/** Reads second factors. */
export function secondFactorReader(db: Kysely<Tables>): SecondFactorReader {
  return {
    totpOf: async (userId) => {
      const row = await db.selectFrom('totp_factors').selectAll().where('user_id', '=', userId).executeTakeFirst();
      if (row === undefined) return null;
      const confirmedAt = row.confirmed_at === null ? null : instant(row.confirmed_at);
      return { secret: row.secret, createdAt: instant(row.created_at), confirmedAt };
    },
    recoveryCodesLeft: async (userId) => {
      const rows = await db
        .selectFrom('recovery_codes')
        .select('digest')
        .where('user_id', '=', userId)
        .where('used_at', 'is', null)
        .execute();
      return rows.length;
    },
  };
}

/** Changes second factors. Verifiers know nothing of them. */
export function secondFactorChanges(unit: Unit): SecondFactorChanges {
  return {
    begin: (user, secret) => begin(unit, user, secret),
    confirm: async (user, digests) => {
      const { now } = unit.context;
      await unit.db.updateTable('totp_factors').set({ confirmed_at: now }).where('user_id', '=', user.id).execute();
      await writeCodes(unit, user, digests);
      noteFactor(unit, 'second_factor.added', user);
    },
    useStep: (user, step) => useStep(unit, user.id, step),
    useRecoveryCode: (user, digest) => useRecoveryCode(unit, user, digest),
    replaceRecoveryCodes: async (user, digests) => {
      await writeCodes(unit, user, digests);
      noteFactor(unit, 'second_factor.recovery_codes_created', user);
    },
    remove: (user) => remove(unit, user),
  };
}

async function begin(unit: Unit, user: Holder, secret: string): Promise<void> {
  await unit.db.deleteFrom('totp_factors').where('user_id', '=', user.id).execute();
  const row = { user_id: user.id, account_id: user.accountId, secret, created_at: unit.context.now };
  await unit.db
    .insertInto('totp_factors')
    .values({ ...row, confirmed_at: null, last_step: null })
    .execute();
  unit.hasQuietWrites = true;
}

/** In one statement: of two requests with the same code, one gets it. */
async function useStep(unit: Unit, userId: UserId, step: number): Promise<'used' | 'used-before'> {
  const { numUpdatedRows } = await unit.db
    .updateTable('totp_factors')
    .set({ last_step: step })
    .where('user_id', '=', userId)
    .where(sql<boolean>`(last_step is null or last_step < ${step})`)
    .executeTakeFirstOrThrow();
  if (numUpdatedRows === 0n) return 'used-before';
  unit.hasQuietWrites = true;
  return 'used';
}

async function useRecoveryCode(unit: Unit, user: Holder, digest: string): Promise<'used' | 'not-there'> {
  const { numUpdatedRows } = await unit.db
    .updateTable('recovery_codes')
    .set({ used_at: unit.context.now })
    .where('user_id', '=', user.id)
    .where('digest', '=', digest)
    .where('used_at', 'is', null)
    .executeTakeFirstOrThrow();
  if (numUpdatedRows === 0n) return 'not-there';
  noteFactor(unit, 'second_factor.recovery_used', user);
  return 'used';
}

async function remove(unit: Unit, user: Holder): Promise<'removed' | 'not-there'> {
  const before = await secondFactorReader(unit.db).totpOf(user.id);
  if (before === null) return 'not-there';
  await unit.db.deleteFrom('totp_factors').where('user_id', '=', user.id).execute();
  await unit.db.deleteFrom('recovery_codes').where('user_id', '=', user.id).execute();
  if (before.confirmedAt === null) unit.hasQuietWrites = true;
  else noteFactor(unit, 'second_factor.removed', user);
  return 'removed';
}

async function writeCodes(unit: Unit, user: Holder, digests: readonly string[]): Promise<void> {
  await unit.db.deleteFrom('recovery_codes').where('user_id', '=', user.id).execute();
  for (const digest of digests) {
    const row = { user_id: user.id, account_id: user.accountId, digest, created_at: unit.context.now, used_at: null };
    await unit.db.insertInto('recovery_codes').values(row).execute();
  }
}

function noteFactor(unit: Unit, name: string, user: Holder): void {
  const event = { name, affectedUserId: user.id, resourceId: user.id, keyKind: null, changes: [] };
  note(unit, event, { accountId: user.accountId });
}
