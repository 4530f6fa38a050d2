import { DAY_MS, unreachable } from '@claviger/core';
import { type RawBuilder, sql } from 'kysely';
import type { Dialect } from './dialect.ts';
import type { Condition } from './few.ts';
import { isOneOf } from './is-one-of.ts';
import type { KeyFilter } from './store.ts';

/** The conditions of a filter, beside the account. */
export function conditionsOf(filter: KeyFilter, dialect: Dialect): readonly Condition[] {
  const { kind, expiresBefore, unusedSince, text } = filter;
  const conditions = [...ownerConditions(filter, dialect), ...statusConditions(filter)];
  // A kind has an index in the order of the list, and so may use it.
  if (kind !== undefined) conditions.push({ isMet: sql`keys.kind = ${kind}`, ids: null });
  if (expiresBefore !== undefined) {
    const ids = idsWhere(filter, sql`expires_at < ${expiresBefore}`);
    conditions.push({ isMet: sql`keys.expires_at + 0 < ${expiresBefore}`, ids });
  }
  if (unusedSince !== undefined) {
    const ids = idsWhere(filter, sql`coalesce(last_used_at, created_at) < ${unusedSince}`);
    conditions.push({ isMet: sql`coalesce(keys.last_used_at, keys.created_at) + 0 < ${unusedSince}`, ids });
  }
  if (text !== undefined) conditions.push({ isMet: containsText(text), ids: null });
  // One owner has an index in the order of the list, and never more keys than can be walked (K3).
  return filter.ownerIds?.length === 1 ? conditions.map(({ isMet }) => ({ isMet, ids: null })) : conditions;
}

function ownerConditions({ ownerIds }: KeyFilter, dialect: Dialect): Condition[] {
  if (ownerIds === null) return [];
  const ids = sql`select id from keys where ${isOneOf(dialect, 'owner_id', ownerIds)}`;
  return [{ isMet: isOneOf(dialect, 'keys.owner_id', ownerIds), ids }];
}

/** Core's `statusWord`, in SQL: force-expired or past its end, else disabled, else by how near the end is (E9, E13). */
function statusConditions(filter: KeyFilter): Condition[] {
  const { now, status } = filter;
  const end = sql`keys.expires_at + 0`;
  const isLiving = sql`keys.forced_at is null and (keys.expires_at is null or ${end} > ${now})`;
  const soon = now + filter.reminderDays * DAY_MS;
  switch (status) {
    case undefined:
      return [];
    case 'expired': {
      const ids = sql`${idsWhere(filter, sql`forced_at >= 0`)} union ${idsWhere(filter, sql`expires_at <= ${now}`)}`;
      return [{ isMet: sql`(keys.forced_at is not null or ${end} <= ${now})`, ids }];
    }
    case 'disabled': {
      const ids = idsWhere(filter, sql`disabled_at >= 0`);
      return [{ isMet: sql`(${isLiving} and keys.disabled_at is not null)`, ids }];
    }
    case 'expiring': {
      const ids = idsWhere(filter, sql`expires_at > ${now} and expires_at <= ${soon}`);
      return [{ isMet: sql`(${isLiving} and keys.disabled_at is null and ${end} <= ${soon})`, ids }];
    }
    case 'active': {
      const ids = sql`${idsWhere(filter, sql`expires_at is null`)} union all ${idsWhere(filter, sql`expires_at > ${soon}`)}`;
      const isFar = sql`(keys.expires_at is null or ${end} > ${soon})`;
      return [{ isMet: sql`(${isLiving} and keys.disabled_at is null and ${isFar})`, ids }];
    }
    default:
      return unreachable(status);
  }
}

/** A range, not `is not null`: only a range makes SQLite take the index that was made for it. */
function idsWhere({ accountId }: KeyFilter, condition: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`select id from keys where account_id = ${accountId} and ${condition}`;
}

function containsText(text: string): RawBuilder<boolean> {
  const pattern = `%${text.toLowerCase().replaceAll(/[\\%_]/g, '\\$&')}%`;
  return sql<boolean>`keys.search_text like ${pattern} escape '\\'`;
}
