import {
  addedByWidening,
  isWithinLimits,
  ok,
  type Permission,
  type Reassignment,
  reassignedNarrowing,
  refuse,
  unionOf,
  type UserId,
  withoutIncluded,
} from '@claviger/core';
import type { Key, Reader, User } from '@claviger/storage';
import type { ActingUser } from './acting-user.ts';
import type { CommandDeps } from './deps.ts';
import { findManagedUser } from './managed-user.ts';
import type { Outcome } from './outcome.ts';
import { permissionsOf } from './user-permissions.ts';

/** To whom the keys of a deleted user pass, and whether they may then do whatever the new owner may (U4). */
export type ReassignmentInput = { readonly newOwnerId: UserId; readonly isWidening: boolean };

/** What becomes of each key, worked out before anything is done. */
export type ReassignmentPlan = {
  readonly newOwner: User;
  readonly isWidening: boolean;
  readonly keys: readonly { readonly key: Key; readonly permissions: Key['permissions'] }[];
  /** How many keys are narrowed to what they could do with their old owner, or would be without widening. */
  readonly narrowed: number;
  /** What widening adds to them, all together. */
  readonly widenAdds: readonly Permission[];
};

type Asked = { readonly input: ReassignmentInput; readonly formerOwner: User; readonly keys: readonly Key[] };

/**
 * Decides on reassigning all keys of a user: to oneself or to a user one manages, who is not disabled (U3, U4), within the
 * limit of keys (K3), and narrowed to what they could do with their old owner unless the Owner widens.
 */
export async function planReassignment(
  deps: Pick<CommandDeps, 'keysPerUserMost'>,
  reader: Reader,
  acting: ActingUser,
  asked: Asked,
): Outcome<ReassignmentPlan> {
  const found = await findNewOwner(reader, acting, asked);
  if (!found.ok) return found;
  const newOwner = found.value;
  const [held, added, most] = [await reader.keys.countOf(newOwner.id), asked.keys.length, deps.keysPerUserMost];
  if (held + added > most) {
    return refuse({ kind: 'too-many-keys-to-reassign', newOwnerId: newOwner.id, held, added, most });
  }
  const { formerOwner } = asked;
  const reassignment = {
    from: { userType: formerOwner.userType, permissions: await permissionsOf(reader, formerOwner) },
    to: { userType: newOwner.userType, permissions: await permissionsOf(reader, newOwner) },
    catalogue: acting.account.catalogue,
  };
  return planKeys(asked, newOwner, reassignment);
}

async function findNewOwner(reader: Reader, acting: ActingUser, { input, formerOwner }: Asked): Outcome<User> {
  if (input.isWidening && acting.user.userType !== 'owner') {
    return refuse({ kind: 'not-allowed', because: { rule: 'owner-only' } });
  }
  const pointer = '/new_owner_id';
  const found = await findManagedUser(reader, acting, { userId: input.newOwnerId, pointer });
  if (!found.ok) return found;
  const { id: userId, disabledAt } = found.value;
  if (userId === formerOwner.id) return refuse({ kind: 'unfit-new-owner', pointer, userId, why: 'is-being-deleted' });
  if (disabledAt !== null) return refuse({ kind: 'unfit-new-owner', pointer, userId, why: 'is-disabled' });
  return found;
}

async function planKeys(
  { input: { isWidening }, keys }: Asked,
  newOwner: User,
  reassignment: Reassignment,
): Outcome<ReassignmentPlan> {
  const narrow = narrowingTable(reassignment);
  const narrowed = keys.map(narrow).filter(({ isNarrower }) => isNarrower);
  const tooLarge = keys.find((key) => narrow(key).isNarrower && !isWithinLimits(narrow(key).permissions ?? []));
  if (tooLarge !== undefined && !isWidening) {
    const permissions = narrow(tooLarge).permissions ?? [];
    const names = Math.max(...permissions.map(({ ids }) => ids.length));
    return refuse({ kind: 'narrowing-too-large', keyId: tooLarge.id, permissions: permissions.length, names });
  }
  const added = unionOf([...new Set(narrowed)].map((one) => one.added));
  return ok({
    newOwner,
    isWidening,
    keys: keys.map((key) => ({ key, permissions: isWidening ? key.permissions : narrow(key).permissions })),
    narrowed: narrowed.length,
    widenAdds: withoutIncluded(added, reassignment.catalogue),
  });
}

type Narrowing = {
  readonly permissions: Key['permissions'];
  readonly isNarrower: boolean;
  readonly added: readonly Permission[];
};

/** Works a narrowing out once for all keys that are narrowed alike: most of ten thousand keys are not narrowed at all. */
function narrowingTable(reassignment: Reassignment): (key: Key) => Narrowing {
  const known = new Map<string, Narrowing>();
  return ({ kind, permissions: narrowing }) => {
    const name = `${kind} ${JSON.stringify(narrowing)}`;
    const found = known.get(name);
    if (found !== undefined) return found;
    const permissions = reassignedNarrowing({ kind, narrowing }, reassignment);
    const added = addedByWidening({ kind, narrowing }, reassignment);
    const made = { permissions, isNarrower: permissions !== narrowing, added };
    known.set(name, made);
    return made;
  };
}
