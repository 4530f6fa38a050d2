import { type KeyId, ok } from '@claviger/core';
import type { CommandContext, CommandDeps } from './deps.ts';
import { findManagedKey } from './managed-key.ts';
import type { CommandOutcome } from './outcome.ts';
import { changeAs } from './run-as.ts';

/** Deletes a key, dead or alive, without asking (X3); only the audit log remembers it (K10). */
export function deleteKey(
  deps: Pick<CommandDeps, 'change'>,
  context: CommandContext,
  keyId: KeyId,
): CommandOutcome<{ readonly keyId: KeyId }> {
  return changeAs(deps, context, async (acting, change) => {
    const managed = await findManagedKey(change.read, acting, keyId);
    if (!managed.ok) return managed;
    await change.keys.delete(managed.value.key);
    return ok({ keyId });
  });
}
