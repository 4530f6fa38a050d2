import { type KeyId, ok } from '@claviger/core';
import type { CommandContext, CommandDeps } from './deps.ts';
import { findManagedKey } from './managed-key.ts';
import type { CommandOutcome } from './outcome.ts';
import { changeAs } from './run-as.ts';
import { type ShownKey, shownAfterChange } from './shown-key.ts';

/** Ends a rotation's overlap now: from here on the old secret answers `expired` (X5). Without an overlap nothing changes. */
export function finishRotation(
  deps: Pick<CommandDeps, 'change'>,
  context: CommandContext,
  keyId: KeyId,
): CommandOutcome<ShownKey> {
  return changeAs(deps, context, async (acting, change) => {
    const managed = await findManagedKey(change.read, acting, keyId);
    if (!managed.ok) return managed;
    await change.keys.finishRotation(managed.value.key);
    return ok(await shownAfterChange(change.read, acting, managed.value));
  });
}
