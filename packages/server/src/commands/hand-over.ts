import { ok, refuse, type UserId } from '@claviger/core';
import type { Change, Key, Reader, User } from '@claviger/storage';
import type { ActingUser } from './acting-user.ts';
import type { CommandContext, CommandDeps } from './deps.ts';
import { requireFreshProof } from './fresh-proof.ts';
import { findVisibleUser } from './managed-user.ts';
import type { CommandOutcome, Outcome } from './outcome.ts';
import { changeAs } from './run-as.ts';
import { tellOfTypeChange } from './tell-of-type-change.ts';
import { changeType } from './type-change.ts';

/** Who owned the account before, who owns it now, and which keys stopped because somebody else may know them. */
export type HandOver = { readonly formerOwner: User; readonly owner: User; readonly stoppedKeys: readonly Key[] };

/**
 * Hands the account over to another person of it: by the Owner, with a fresh proof (U1, U8). The old Owner becomes an
 * administrator first, since an account never has two Owners; the new one's keys that somebody else may know stop before
 * they rise (U3). To oneself it changes nothing.
 */
export function handOver(
  deps: Pick<CommandDeps, 'change' | 'randomBytes'>,
  context: CommandContext,
  newOwnerId: UserId,
): CommandOutcome<HandOver> {
  return changeAs(deps, context, async (acting, change) => {
    const found = await findNewOwner(change.read, acting, newOwnerId);
    if (!found.ok) return found;
    if (found.value.id === acting.user.id) {
      return ok({ formerOwner: acting.user, owner: acting.user, stoppedKeys: [] });
    }
    await changeType(change, acting, { user: acting.user, to: 'administrator' });
    const stoppedKeys = await changeType(change, acting, { user: found.value, to: 'owner' });
    const done: HandOver = {
      formerOwner: { ...acting.user, userType: 'administrator' },
      owner: { ...found.value, userType: 'owner' },
      stoppedKeys,
    };
    await tell(deps, change, done);
    return ok(done);
  });
}

async function findNewOwner(reader: Reader, acting: ActingUser, userId: UserId): Outcome<User> {
  const fresh = requireFreshProof(acting);
  if (!fresh.ok) return fresh;
  if (acting.user.userType !== 'owner') return refuse({ kind: 'not-allowed', because: { rule: 'owner-only' } });
  const pointer = '/new_owner_id';
  const found = await findVisibleUser(reader, acting, { userId, pointer });
  if (!found.ok) return found;
  if (found.value.isServiceAccount)
    return refuse({ kind: 'unfit-new-owner', pointer, userId, why: 'is-service-account' });
  if (found.value.disabledAt !== null) return refuse({ kind: 'unfit-new-owner', pointer, userId, why: 'is-disabled' });
  return found;
}

/** Both learn what they are now; the new Owner also which keys wait to be rotated. */
async function tell(
  deps: Pick<CommandDeps, 'randomBytes'>,
  change: Change,
  { formerOwner, owner, stoppedKeys }: HandOver,
): Promise<void> {
  const by = formerOwner.name;
  await tellOfTypeChange(deps, change, { user: formerOwner, to: formerOwner.userType, by, stoppedKeys: [] });
  await tellOfTypeChange(deps, change, { user: owner, to: owner.userType, by, stoppedKeys });
}
