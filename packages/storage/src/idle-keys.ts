import { type AccountId, idleBefore, idleNoticeEndsAt, instant, type Instant } from '@claviger/core';
import { type Kysely, type RawBuilder, type Selectable, sql } from 'kysely';
import type { ActedOn, IdleKeyReader } from './idle-key-store.ts';
import { keyFrom } from './keys.ts';
import type { KeysTable, Tables } from './schema.ts';

/** Reads what the idle rule has to do and what it did (E14). */
export function idleKeyReader(db: Kysely<Tables>): IdleKeyReader {
  return {
    accounts: async () => {
      const rows = await db
        .selectFrom('accounts')
        .select('id')
        .where('idle_days', 'is not', null)
        .orderBy('id')
        .execute();
      return rows.map((row) => row.id as AccountId);
    },
    progress: async (accountId) => {
      const row = await db.selectFrom('idle_rules').selectAll().where('account_id', '=', accountId).executeTakeFirst();
      if (row === undefined) return null;
      return { since: instant(row.since), toldAt: row.told_at === null ? null : instant(row.told_at) };
    },
    due: (ask, limit) => dueKeys(db, ask, limit),
    stopped: (accountId, after, limit) => {
      const isStopped = sql`disabled_reason = 'idle' and disabled_at > ${after}`;
      return actedOn(db, sql`account_id = ${accountId} and ${isStopped}`, { at: 'disabled_at', limit });
    },
    reported: (accountId, after, limit) => {
      const isReported = sql`disabled_at is null and idle_reported_at > ${after} and ${STILL_IDLE}`;
      return actedOn(db, sql`account_id = ${accountId} and ${isReported}`, { at: 'idle_reported_at', limit });
    },
  };
}

/** Core's `caredForAt` is no later than the report: nobody has cared for the key since. */
const STILL_IDLE = sql`coalesce(last_used_at, created_at) <= idle_reported_at
  and coalesce(enabled_at, 0) <= idle_reported_at and coalesce(rotated_at, 0) <= idle_reported_at`;

/** Core's `idleStep`, in SQL. The order is that of the index `keys_used`, which has the keys longest unused first. */
async function dueKeys(
  db: Kysely<Tables>,
  { account, rule, now }: Parameters<IdleKeyReader['due']>[0],
  limit: number,
): ReturnType<IdleKeyReader['due']> {
  const before = idleBefore(rule, now);
  if (before === null) return [];
  const isDisabling = rule.action === 'disable' && now >= idleNoticeEndsAt(rule.since);
  const isOpen = isDisabling ? sql`1 = 1` : sql`(idle_reported_at is null or not (${STILL_IDLE}))`;
  const { rows } = await sql<Selectable<KeysTable>>`select * from keys
    where account_id = ${account.id} and coalesce(last_used_at, created_at) <= ${before}
      and coalesce(enabled_at, 0) <= ${before} and coalesce(rotated_at, 0) <= ${before}
      and forced_at is null and disabled_at is null and (expires_at is null or expires_at > ${now}) and ${isOpen}
      and not exists (select 1 from users where users.id = keys.owner_id and users.disabled_at is not null)
    order by coalesce(last_used_at, created_at), id limit ${limit}`.execute(db);
  return rows.map(keyFrom);
}

async function actedOn(
  db: Kysely<Tables>,
  where: RawBuilder<unknown>,
  { at, limit }: { readonly at: 'disabled_at' | 'idle_reported_at'; readonly limit: number },
): Promise<ActedOn> {
  const counted = await sql<{ readonly count: number }>`select count(*) as count from keys where ${where}`.execute(db);
  const { rows } = await sql<Selectable<KeysTable>>`select * from keys where ${where}
    order by ${sql.ref(at)} desc, id limit ${limit}`.execute(db);
  return { keys: rows.map(keyFrom), count: Number(counted.rows[0]?.count ?? 0) };
}

/** The instant of a rule's last change, kept beside it: null when the account has no rule (any more). */
export async function keepIdleRule(
  db: Kysely<Tables>,
  { accountId, since }: { readonly accountId: AccountId; readonly since: Instant | null },
): Promise<void> {
  if (since === null) {
    await db.deleteFrom('idle_rules').where('account_id', '=', accountId).execute();
    return;
  }
  // What the former rule did is still told, so `told_at` stays.
  await db
    .insertInto('idle_rules')
    .values({ account_id: accountId, since, told_at: null })
    .onConflict((conflict) => conflict.column('account_id').doUpdateSet({ since }))
    .execute();
}
