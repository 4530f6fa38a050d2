import { type AllowlistEntry, type AllowlistMode, instant } from '@claviger/core';
import { type AliasedRawBuilder, sql } from 'kysely';
import type { IpAllowlist } from './entities.ts';

/** The list of an account or user, as the row that it is selected with carries it: mode, time and entries in one text. */
export type AllowlistColumn = { readonly ip_allowlist: string | null };

/** Selects the list of the account whose row is selected; it comes along, since nearly every request asks about it (I5). */
export function selectAccountAllowlist(): AliasedRawBuilder<string | null, 'ip_allowlist'> {
  return sql<string | null>`(select mode || ' ' || cast(changed_at as text) || ' ' || entries from ip_allowlists
    where ip_allowlists.account_id = accounts.id and ip_allowlists.user_id is null)`.as('ip_allowlist');
}

/** Selects the list of the user whose row is selected. */
export function selectUserAllowlist(): AliasedRawBuilder<string | null, 'ip_allowlist'> {
  return sql<string | null>`(select mode || ' ' || cast(changed_at as text) || ' ' || entries from ip_allowlists
    where ip_allowlists.user_id = users.id)`.as('ip_allowlist');
}

const COLUMN = /^(enforce|monitor) (\d+) (.*)$/su;

/** The list in such a text, or null. */
export function allowlistFrom({ ip_allowlist: text }: AllowlistColumn): IpAllowlist | null {
  if (text === null) return null;
  const [, mode, changedAt, entries = ''] = COLUMN.exec(text) ?? [];
  // A list that cannot be read must not pass for none.
  if (mode === undefined) throw new Error('an IP allowlist is stored in a way that we do not write');
  return {
    mode: mode as AllowlistMode,
    entries: JSON.parse(entries) as readonly AllowlistEntry[],
    changedAt: instant(Number(changedAt)),
  };
}
