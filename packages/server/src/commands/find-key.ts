import { type KeyId, ok } from '@claviger/core';
import type { CommandContext, CommandDeps } from './deps.ts';
import { findManagedKey } from './managed-key.ts';
import type { Outcome } from './outcome.ts';
import { readAs } from './run-as.ts';
import { type ShownKey, shownKey } from './shown-key.ts';

/** Finds a key that the caller may manage; every other one is absent (K9). */
export function findKey(deps: Pick<CommandDeps, 'read'>, context: CommandContext, keyId: KeyId): Outcome<ShownKey> {
  return readAs(deps, context, async (acting, reader) => {
    const managed = await findManagedKey(reader, acting, keyId);
    return managed.ok ? ok(shownKey(managed.value, acting)) : managed;
  });
}
