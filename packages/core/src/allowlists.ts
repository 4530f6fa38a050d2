import { type IpAddress, type IpRange, isInRange, parseIpRange } from './ip-ranges.ts';
import type { KeyKind } from './key-text.ts';
import { isInRangeSet, type RangeSet, rangeSetOf } from './range-set.ts';

/** What an entry is about: the portal and keys, or keys alone (I2). */
export const ALLOWLIST_SCOPES = ['all', 'api_key_only'] as const;
export type AllowlistScope = (typeof ALLOWLIST_SCOPES)[number];

/** Whether a list refuses, or only reports what it would refuse (I7). */
export const ALLOWLIST_MODES = ['enforce', 'monitor'] as const;
export type AllowlistMode = (typeof ALLOWLIST_MODES)[number];

/** An address or a range from which something works (I2); `note` is for people and decides nothing. */
export type AllowlistEntry = { readonly cidr: string; readonly scope: AllowlistScope; readonly note: string | null };

/** The list of an account or of a user, as far as it decides. One without entries is no list (I1). */
export type IpAllowlist<Entry = Pick<AllowlistEntry, 'cidr' | 'scope'>> = {
  readonly mode: AllowlistMode;
  readonly entries: readonly Entry[];
};

/** A list ready to decide by: what each side needs a match of (I3). */
export type CompiledAllowlist = {
  readonly isEnforced: boolean;
  /** A key needs a match of one of these; there is at least one. */
  readonly keyRanges: RangeSet;
  /** The portal needs a match of one of these; null where it is free. */
  readonly portalRanges: RangeSet | null;
};

/** What a list says to an address. `would_be_refused` is what a list says that only monitors (I7): let through, and told of. */
export type AllowlistVerdict = 'allowed' | 'refused' | 'would_be_refused';

/** Whose list it is. */
export type AllowlistLevel = 'account' | 'user';

/** A list that is in force, and whose it is. */
export type AllowlistInForce<List> = { readonly level: AllowlistLevel; readonly list: List };

/** The list that is in force for a user: their own replaces the account's, mode and all; an empty one is none (I1). */
export function allowlistInForce<List extends IpAllowlist>(lists: {
  readonly account: List | null;
  readonly user: List | null;
}): AllowlistInForce<List> | null {
  if (lists.user !== null && lists.user.entries.length > 0) return { level: 'user', list: lists.user };
  if (lists.account !== null && lists.account.entries.length > 0) return { level: 'account', list: lists.account };
  return null;
}

/**
 * Works a list into what each side needs a match of (I3): with entries of one scope only, keys need one of them, and the portal
 * one of `all`, or none; with both scopes keys need one of `api_key_only` and the portal any. Null is no list.
 */
export function compileAllowlist(list: IpAllowlist): CompiledAllowlist | null | 'malformed' {
  const all: IpRange[] = [];
  const keysOnly: IpRange[] = [];
  for (const { cidr, scope } of list.entries) {
    const range = parseIpRange(cidr);
    if (range === null) return 'malformed';
    (scope === 'all' ? all : keysOnly).push(range);
  }
  if (all.length + keysOnly.length === 0) return null;
  return {
    isEnforced: list.mode === 'enforce',
    keyRanges: rangeSetOf(keysOnly.length > 0 ? keysOnly : all),
    portalRanges: all.length > 0 ? rangeSetOf([...all, ...keysOnly]) : null,
  };
}

/**
 * Whether a list has no say: ingestion with a write-only key, since web pages and devices have any address (I8). Asked about
 * no operation, such a key is as good as its ingestion, all that it may ever do (K1).
 */
export function isExemptFromAllowlists(kind: KeyKind, operation: { readonly isIngestion: boolean } | null): boolean {
  return kind === 'write_only' && (operation === null || operation.isIngestion);
}

/** What the list in force says to somebody who signs in, or goes on in a session, from an address (I3, I5). */
export function portalVerdict(list: CompiledAllowlist | null, ip: IpAddress | null): AllowlistVerdict {
  if (list === null || list.portalRanges === null || isInRangeSet(list.portalRanges, ip)) return 'allowed';
  return list.isEnforced ? 'refused' : 'would_be_refused';
}

/** What the list in force says to a key that is used from an address (I3); exemptions are the caller's to see to. */
export function keyVerdict(list: CompiledAllowlist | null, ip: IpAddress | null): AllowlistVerdict {
  if (list === null || isInRangeSet(list.keyRanges, ip)) return 'allowed';
  return list.isEnforced ? 'refused' : 'would_be_refused';
}

/** The entry that lets an address in, or null: the first whose match counts for a key (I3). */
export function entryForKey<Entry extends Pick<AllowlistEntry, 'cidr' | 'scope'>>(
  { entries }: IpAllowlist<Entry>,
  ip: IpAddress | null,
): Entry | null {
  if (ip === null) return null;
  const keysOnly = entries.filter(({ scope }) => scope === 'api_key_only');
  const counting = keysOnly.length > 0 ? keysOnly : entries;
  const isMatch = ({ cidr }: Entry): boolean => {
    const range = parseIpRange(cidr);
    return range !== null && isInRange(range, ip);
  };
  return counting.find(isMatch) ?? null;
}
