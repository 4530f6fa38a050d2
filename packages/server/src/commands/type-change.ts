import { isRise, statusOf, type UserType } from '@claviger/core';
import type { Change, Key, User } from '@claviger/storage';
import type { ActingUser } from './acting-user.ts';
import { keysKnownToOthers } from './keys-known-to-others.ts';

/**
 * Turns a user into another type. When that is a rise, a promotion or a hand-over, the keys that somebody else may know stop
 * first, until their owner rotates them: no verifier may ever see a risen owner with one (U3). Gives back the stopped keys.
 */
export async function changeType(
  change: Change,
  acting: ActingUser,
  { user, to }: { readonly user: User; readonly to: UserType },
): Promise<readonly Key[]> {
  const stopped: Key[] = [];
  for (const key of isRise(user.userType, to) ? await keysKnownToOthers(change.read, acting, user) : []) {
    // By certain time: what a bad clock shows as expired would be back, and risen, when the clock is mended (E9).
    if (statusOf(key, acting.certainNow).kind === 'expired') continue;
    if ((await change.keys.disable(key, 'promotion')) === 'disabled') stopped.push(key);
  }
  await change.users.changeType(user, to);
  return stopped;
}
