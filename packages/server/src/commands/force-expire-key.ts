import { type ForcedExpiry, type Instant, type KeyId, mayManage, ok, statusOf } from '@claviger/core';
import type { Change, Key } from '@claviger/storage';
import type { ActingUser } from './acting-user.ts';
import type { CommandContext, CommandDeps } from './deps.ts';
import { findManagedKey } from './managed-key.ts';
import type { CommandOutcome } from './outcome.ts';
import { changeAs } from './run-as.ts';
import { type ShownKey, shownAfterChange } from './shown-key.ts';

export type ForceExpireKeyInput = Pick<ForcedExpiry, 'reason' | 'note'> & {
  readonly keyId: KeyId;
  /** Whether the keys that this one made, directly or through others, end with it (K14). */
  readonly isWithDescendants: boolean;
};

/** The key as it is now, and all keys that this call ended: none when they were dead already. */
export type ForceExpired = { readonly shown: ShownKey; readonly endedIds: readonly KeyId[] };

/**
 * Ends a key for good, at once: no verification that starts after this resolves is allowed (X1). It stays listed, with
 * who, when and why (X2). A dead key stays as it is; its living descendants still end when asked for (K14).
 */
export function forceExpireKey(
  deps: Pick<CommandDeps, 'change'>,
  context: CommandContext,
  input: ForceExpireKeyInput,
): CommandOutcome<ForceExpired> {
  return changeAs(deps, context, async (acting, change) => {
    const managed = await findManagedKey(change.read, acting, input.keyId);
    if (!managed.ok) return managed;
    const { key } = managed.value;
    const descendants = input.isWithDescendants ? await managedDescendants(change, acting, key) : [];
    const end: ForcedExpiry = { at: acting.now, by: acting.user.id, reason: input.reason, note: input.note };
    const endedIds = await endAll(change, [key, ...descendants], { end, certainNow: acting.certainNow });
    return ok({ shown: await shownAfterChange(change.read, acting, managed.value), endedIds });
  });
}

/**
 * Only keys that the caller may manage (K9). One whose owner has risen above the caller since is left out; the promotion
 * has disabled it already (U3).
 */
async function managedDescendants(change: Change, acting: ActingUser, key: Key): Promise<readonly Key[]> {
  const managed: Key[] = [];
  for (const descendant of await change.read.keys.descendants(acting.account.id, key.id)) {
    const owner = await change.read.users.find(acting.account.id, descendant.ownerId);
    if (owner !== null && mayManage(acting.user, owner)) managed.push(descendant);
  }
  return managed;
}

async function endAll(
  change: Change,
  keys: readonly Key[],
  { end, certainNow }: { readonly end: ForcedExpiry; readonly certainNow: Instant },
): Promise<readonly KeyId[]> {
  const ended: KeyId[] = [];
  for (const key of keys) {
    // A key that died of old age keeps that end (X2), but only by certain time: what a bad clock shows as expired would be
    // back when the clock is mended, though somebody asked for its end (E9).
    if (statusOf(key, certainNow).kind === 'expired') continue;
    if ((await change.keys.forceExpire(key, end)) === 'force-expired') ended.push(key.id);
  }
  return ended;
}
