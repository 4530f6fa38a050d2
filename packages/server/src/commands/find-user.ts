import type { UserId } from '@claviger/core';
import type { User } from '@claviger/storage';
import type { CommandContext, CommandDeps } from './deps.ts';
import { findVisibleUser } from './managed-user.ts';
import type { Outcome } from './outcome.ts';
import { readAs } from './run-as.ts';

/** Finds a user whom the caller may see; for restricted users everybody else is absent. */
export function findUser(deps: Pick<CommandDeps, 'read'>, context: CommandContext, userId: UserId): Outcome<User> {
  return readAs(deps, context, (acting, reader) => findVisibleUser(reader, acting, { userId, pointer: null }));
}
