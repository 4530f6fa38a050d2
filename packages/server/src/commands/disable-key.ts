import { type KeyId, ok } from '@claviger/core';
import type { CommandContext, CommandDeps } from './deps.ts';
import { refuseExpired } from './living-key.ts';
import { findManagedKey } from './managed-key.ts';
import type { CommandOutcome } from './outcome.ts';
import { changeAs } from './run-as.ts';
import { type ShownKey, shownAfterChange } from './shown-key.ts';

/** Stops a key for a while; it keeps its expiry (X4). Both secrets of an overlap stop. A dead key is refused: it is stopped for good. */
export function disableKey(
  deps: Pick<CommandDeps, 'change'>,
  context: CommandContext,
  keyId: KeyId,
): CommandOutcome<ShownKey> {
  return changeAs(deps, context, async (acting, change) => {
    const managed = await findManagedKey(change.read, acting, keyId);
    if (!managed.ok) return managed;
    const living = refuseExpired(managed.value.key, acting.now);
    if (!living.ok) return living;
    await change.keys.disable(managed.value.key, 'request');
    return ok(await shownAfterChange(change.read, acting, managed.value));
  });
}
