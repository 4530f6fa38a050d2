import type { UserId } from './ids.ts';
import { DAY_MS, type Instant } from './time.ts';

/** Why somebody ended a key (X2). */
export const FORCED_EXPIRY_REASONS = ['compromised', 'owner_left', 'superseded', 'no_longer_used', 'other'] as const;
export type ForcedExpiryReason = (typeof FORCED_EXPIRY_REASONS)[number];

/** Who may be named as the one who ended, disabled or created a key: a user, or a part of the system. */
export type ActorName = UserId | 'operator' | 'system' | 'self_revocation';

/** The stored fact of a force-expire: when, by whom and why. It is never taken back (X2). */
export type ForcedExpiry = {
  readonly at: Instant;
  readonly by: ActorName;
  readonly reason: ForcedExpiryReason;
  readonly note: string | null;
};

/** The stored facts that decide whether a key lives. */
export type KeyFacts = {
  /** When the current secret's lifespan ends; null is never. */
  readonly expiresAt: Instant | null;
  readonly disabledAt: Instant | null;
  readonly forcedExpiry: Pick<ForcedExpiry, 'at'> | null;
};

/** What a key is at a moment. Derived, never stored: no job has to run for a key to be expired (E9). */
export type KeyStatus =
  | { readonly kind: 'active'; readonly expiresAt: Instant | null }
  | { readonly kind: 'disabled'; readonly since: Instant }
  | { readonly kind: 'expired'; readonly at: Instant; readonly by: 'lifespan' | 'forced' };

/** A key's status at decision time `now`, which is max(wall clock, floor): a clock that goes back revives nothing (E9). */
export function statusOf(key: KeyFacts, now: Instant): KeyStatus {
  if (key.forcedExpiry !== null) return { kind: 'expired', at: key.forcedExpiry.at, by: 'forced' };
  if (key.expiresAt !== null && hasExpired(key.expiresAt, now)) {
    return { kind: 'expired', at: key.expiresAt, by: 'lifespan' };
  }
  if (key.disabledAt !== null) return { kind: 'disabled', since: key.disabledAt };
  return { kind: 'active', expiresAt: key.expiresAt };
}

/** Whether an end has come. At the very instant of its expiry a key is dead, so the test is `>=`, not `>` (E9). */
export function hasExpired(expiresAt: Instant, now: Instant): boolean {
  return now >= expiresAt;
}

/** Whether an end lies within the reminder period: lists call such an active key `expiring`, decisions say so (E13). */
export function isExpiring(expiresAt: Instant | null, now: Instant, reminderDays: number): boolean {
  return expiresAt !== null && now < expiresAt && expiresAt - now <= reminderDays * DAY_MS;
}

/** The one word of a key's status in lists; `disabled` goes before `expiring`. */
export function statusWord(
  key: KeyFacts,
  now: Instant,
  reminderDays: number,
): 'active' | 'expiring' | 'disabled' | 'expired' {
  const status = statusOf(key, now);
  if (status.kind !== 'active') return status.kind;
  return isExpiring(status.expiresAt, now, reminderDays) ? 'expiring' : 'active';
}
