import type { Brand } from './brand.ts';
import type { KeyStatus } from './key-status.ts';
import { OVERLAP_SECONDS_LONGEST } from './limits.ts';
import { unreachable } from './result.ts';
import { earlierEnd, type Instant, plusMs } from './time.ts';

/** Whole seconds during which a replaced secret still works, 0 to 30 days (X5). */
export type Overlap = Brand<number, 'OverlapSeconds'>;

/** Why a key was disabled: on request, by a promotion, until its owner rotates it (U3), or because nobody used it (E14). */
export type DisabledReason = 'request' | 'promotion' | 'idle';

/** What a rotation needs to know beside the key's status. */
export type RotationFacts = {
  /** Null for a key that is not disabled. */
  readonly disabledReason: DisabledReason | null;
  /** Whether the key's own owner asks. */
  readonly isOwner: boolean;
};

/** Why a key cannot be rotated (X5). */
export type RotationRefusal =
  | { readonly kind: 'key-expired'; readonly at: Instant; readonly by: 'lifespan' | 'forced' }
  | { readonly kind: 'key-disabled'; readonly since: Instant }
  /** Disabled by a promotion: only its owner may rotate it, and that enables it (U3). */
  | { readonly kind: 'owner-must-rotate'; readonly since: Instant };

/** Takes whole seconds from 0 to 30 days, or answers null (X5). */
export function parseOverlap(value: unknown): Overlap | null {
  if (typeof value !== 'number' || !Number.isInteger(value)) return null;
  return value >= 0 && value <= OVERLAP_SECONDS_LONGEST ? (value as Overlap) : null;
}

/** Why a key cannot be rotated, or null when it can: dead keys never, disabled ones only after a promotion, by their owner (X5). */
export function rotationRefusal(status: KeyStatus, facts: RotationFacts): RotationRefusal | null {
  switch (status.kind) {
    case 'active':
      return null;
    case 'expired':
      return { kind: 'key-expired', at: status.at, by: status.by };
    case 'disabled':
      if (facts.disabledReason !== 'promotion') return { kind: 'key-disabled', since: status.since };
      return facts.isOwner ? null : { kind: 'owner-must-rotate', since: status.since };
    default:
      return unreachable(status);
  }
}

/** Whether a key may be rotated (X5). A rotation that may happen on a disabled key enables it. */
export function mayRotate(status: KeyStatus, facts: RotationFacts): boolean {
  return rotationRefusal(status, facts) === null;
}

/** Whether a disabled key may simply be enabled again (X4): not one that a promotion stopped, since others know its secret (U3). */
export function mayEnable(disabledReason: DisabledReason | null): boolean {
  return disabledReason !== 'promotion';
}

/** Until when the replaced secret works: the overlap, but never beyond its own expiry (X5). Overlap 0 ends it at `now`. */
export function previousEndsAt(now: Instant, overlap: Overlap, previousExpiresAt: Instant | null): Instant {
  const overlapEndsAt = plusMs(now, overlap * 1000);
  return earlierEnd(overlapEndsAt, previousExpiresAt) ?? overlapEndsAt;
}
