import { effectivePermissions, ok, type Permission, type UserId } from '@claviger/core';
import type { CommandContext, CommandDeps } from './deps.ts';
import { findManagedUser } from './managed-user.ts';
import type { Outcome } from './outcome.ts';
import { readAs } from './run-as.ts';
import { permissionsOf } from './user-permissions.ts';

/** Shows what a user may do at this moment, operation by operation: one's own, or of somebody one manages (P1, P5). */
export function showEffectivePermissions(
  deps: Pick<CommandDeps, 'read'>,
  context: CommandContext,
  userId: UserId,
): Outcome<readonly Permission[]> {
  return readAs(deps, context, async (acting, reader) => {
    const user = await findManagedUser(reader, acting, { userId, pointer: null });
    if (!user.ok) return user;
    const held = await permissionsOf(reader, user.value);
    return ok(effectivePermissions({ kind: 'master', narrowing: null }, held, acting.account.catalogue));
  });
}
