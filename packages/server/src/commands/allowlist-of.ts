import {
  type AllowlistInForce,
  allowlistInForce,
  type AllowlistVerdict,
  type CompiledAllowlist,
  compileAllowlist,
  type EventDraft,
  parseIpAddress,
  portalVerdict,
  type UserId,
} from '@claviger/core';
import type { Account, IpAllowlist, User } from '@claviger/storage';
import type { AddressRefusal } from '../refusal.ts';

/** Whose lists are looked at; somebody who is no user yet has none of their own. */
export type ListHolders = {
  readonly account: Pick<Account, 'ipAllowlist'>;
  readonly user: Pick<User, 'ipAllowlist'> | null;
};

/** The list that holds for a user of an account (I1), or null. */
export function allowlistOf({ account, user }: ListHolders): AllowlistInForce<IpAllowlist> | null {
  return allowlistInForce({ account: account.ipAllowlist, user: user?.ipAllowlist ?? null });
}

/** The same, ready to decide by. */
export function compiledAllowlistOf(holders: ListHolders): CompiledAllowlist | null {
  const inForce = allowlistOf(holders);
  const compiled = inForce === null ? null : compileAllowlist(inForce.list);
  // Entries were looked at when they were saved; one that is none now must not let everybody in.
  if (compiled === 'malformed') throw new Error('a stored IP allowlist has an entry that is no range');
  return compiled;
}

/** What the lists say to somebody who comes to the portal from an address, and the refusal when they refuse (I3, I5). */
export function judgeAtPortal(
  holders: ListHolders,
  address: string | null,
): { readonly verdict: AllowlistVerdict; readonly refusal: AddressRefusal | null } {
  const list = compiledAllowlistOf(holders);
  const verdict = portalVerdict(list, address === null ? null : parseIpAddress(address));
  const level = allowlistOf(holders)?.level ?? 'account';
  return { verdict, refusal: verdict === 'refused' ? { kind: 'ip-not-allowed', level, address } : null };
}

/** That somebody was let in whom a list in monitor mode would have refused (I7). */
export function wouldBeDeniedEvent(userId: UserId): EventDraft {
  return {
    name: 'access.would_be_denied',
    affectedUserId: userId,
    resourceId: userId,
    keyKind: null,
    changes: REASON,
    result: 'success',
  };
}

/** That somebody who showed who they are was refused for where they come from (A2). */
export function stoppedAtDoor(of: Pick<EventDraft, 'affectedUserId' | 'resourceId'>): EventDraft {
  return { ...of, name: 'access.denied', keyKind: null, changes: REASON, result: 'refused' };
}

const REASON: EventDraft['changes'] = [{ attribute: 'code', old: null, new: 'ip_not_allowed' }];
