import {
  earlierEnd,
  expiryOf,
  type Instant,
  type KeyId,
  lifespanAfterRotation,
  lifespanInForce,
  ok,
  OVERLAP_SECONDS_LONGEST,
  plusMs,
  refuse,
  type Result,
  statusOf,
  unreachable,
} from '@claviger/core';
import type { Change, Key, KeyRotation } from '@claviger/storage';
import type { FieldRefusal, KeyStateRefusal } from '../refusal.ts';
import type { ActingUser } from './acting-user.ts';
import type { CommandContext, CommandDeps } from './deps.ts';
import { findManagedKey, type ManagedKey } from './managed-key.ts';
import { type DrawnSecret, drawSecret, type SecretDeps } from './new-key.ts';
import type { CommandOutcome, Outcome } from './outcome.ts';
import { changeAs } from './run-as.ts';
import { type KeyWithSecret, shownKey } from './shown-key.ts';

export type RotateKeyInput = { readonly keyId: KeyId; readonly overlapSeconds: number };

/** What rotating takes. */
export type RotateKeyDeps = SecretDeps & Pick<CommandDeps, 'change'>;

/**
 * Gives a key a new secret; id, owner, name and narrowing stay (X5). The old secret works for the overlap, never beyond
 * its own expiry, and the new one lives the shorter of the policy in force and the lifespan chosen at creation (E4, E7).
 */
export async function rotateKey(
  deps: RotateKeyDeps,
  context: CommandContext,
  input: RotateKeyInput,
): CommandOutcome<KeyWithSecret> {
  const overlap = checkOverlap(input.overlapSeconds);
  if (!overlap.ok) return overlap;
  return changeAs(deps, context, async (acting, change) => {
    const managed = await findManagedKey(change.read, acting, input.keyId);
    if (!managed.ok) return managed;
    const rotatable = checkRotatable(managed.value, acting);
    return rotatable.ok ? rotate(deps, change, { acting, ...managed.value, overlapMs: overlap.value }) : rotatable;
  });
}

type Rotation = ManagedKey & { readonly acting: ActingUser; readonly overlapMs: number };

async function rotate(deps: RotateKeyDeps, change: Change, rotation: Rotation): Outcome<KeyWithSecret> {
  const { acting, key, owner } = rotation;
  const drawn = drawSecret(deps, key);
  const rotated = await change.keys.rotate(key, rotationOf(rotation, drawn));
  return ok({ ...shownKey({ key: rotated, owner }, acting), secret: drawn.text });
}

function rotationOf({ acting, key, owner, overlapMs }: Rotation, drawn: DrawnSecret): KeyRotation {
  const inForce = lifespanInForce(acting.account.expiration, owner.expiration, key.kind);
  const isEnabling = key.disabledAt !== null;
  // Somebody else may know the secret of a key that a promotion disabled: it must not start again for an overlap (U3).
  const overlapEnd = plusMs(acting.now, isEnabling ? 0 : overlapMs);
  const expiresAt = expiryOf(acting.now, lifespanAfterRotation(inForce, key.lifespan));
  return {
    secret: drawn.stored,
    hint: drawn.hint,
    expiresAt,
    // Never beyond the old secret's own expiry, and never beyond the key's new one: an expired key is dead altogether (E9).
    previousEndsAt: earliest(overlapEnd, [key.expiresAt, expiresAt]),
    isEnabling,
  };
}

/** Dead and disabled keys are not rotated, but for those a promotion disabled, by their owner (X5, U3). */
function checkRotatable({ key, owner }: ManagedKey, acting: ActingUser): Result<Key, KeyStateRefusal> {
  const status = statusOf(key, acting.now);
  switch (status.kind) {
    case 'active':
      return ok(key);
    case 'expired':
      return refuse({ kind: 'key-expired', keyId: key.id, at: status.at, by: status.by });
    case 'disabled':
      if (key.disabledReason !== 'promotion')
        return refuse({ kind: 'key-disabled', keyId: key.id, since: status.since });
      if (acting.user.id === owner.id) return ok(key);
      return refuse({ kind: 'key-awaits-rotation', keyId: key.id, ownerId: owner.id });
    default:
      return unreachable(status);
  }
}

function checkOverlap(askedSeconds: number): Result<number, FieldRefusal> {
  const isOverlap = Number.isInteger(askedSeconds) && askedSeconds >= 0 && askedSeconds <= OVERLAP_SECONDS_LONGEST;
  if (isOverlap) return ok(askedSeconds * 1000);
  const longestSeconds = OVERLAP_SECONDS_LONGEST;
  return refuse({ kind: 'overlap-out-of-range', pointer: '/overlap_seconds', askedSeconds, longestSeconds });
}

function earliest(end: Instant, others: readonly (Instant | null)[]): Instant {
  return others.reduce<Instant>((earliestYet, other) => earlierEnd(earliestYet, other) ?? earliestYet, end);
}
