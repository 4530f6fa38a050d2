import { type KeyId, ok, refuse } from '@claviger/core';
import type { CommandContext, CommandDeps } from './deps.ts';
import { refuseExpired } from './living-key.ts';
import { findManagedKey } from './managed-key.ts';
import type { CommandOutcome } from './outcome.ts';
import { changeAs } from './run-as.ts';
import { type ShownKey, shownAfterChange } from './shown-key.ts';

/**
 * Lets a disabled key work again, by whoever may manage it, with the expiry it had (X4). A key that a promotion disabled
 * is refused: somebody else may know its secret, so only its owner's rotation starts it again (U3).
 */
export function enableKey(
  deps: Pick<CommandDeps, 'change'>,
  context: CommandContext,
  keyId: KeyId,
): CommandOutcome<ShownKey> {
  return changeAs(deps, context, async (acting, change) => {
    const managed = await findManagedKey(change.read, acting, keyId);
    if (!managed.ok) return managed;
    const { key, owner } = managed.value;
    const living = refuseExpired(key, acting.now);
    if (!living.ok) return living;
    if (key.disabledReason === 'promotion') return refuse({ kind: 'key-awaits-rotation', keyId, ownerId: owner.id });
    await change.keys.enable(key);
    return ok(await shownAfterChange(change.read, acting, managed.value));
  });
}
