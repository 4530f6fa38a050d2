import { type Instant, mayDeleteUser, ok, refuse, statusOf, type UserId } from '@claviger/core';
import type { Change, Key, Reader, User } from '@claviger/storage';
import type { ActingUser } from './acting-user.ts';
import type { CommandContext, CommandDeps } from './deps.ts';
import { requireFreshProof } from './fresh-proof.ts';
import { keysOf } from './keys-of.ts';
import { findManagedUser } from './managed-user.ts';
import type { CommandOutcome, Outcome } from './outcome.ts';
import { isInUse } from './policy-plan.ts';
import { reassignKeys } from './reassign-keys.ts';
import { planReassignment, type ReassignmentInput, type ReassignmentPlan } from './reassignment-plan.ts';
import { changeAs } from './run-as.ts';

export type DeleteUserInput = {
  readonly userId: UserId;
  /** To whom the keys pass; null deletes them with the user. */
  readonly reassignment: ReassignmentInput | null;
  /** True changes nothing and only tells what would happen. */
  readonly isPreview: boolean;
};

/** What deleting a user does, or would do. */
export type UserDeletion = {
  readonly user: User;
  readonly isPreview: boolean;
  readonly keyCounts: {
    readonly all: number;
    readonly working: number;
    readonly inUse: number;
    /** Keys that would work were their owner not disabled. */
    readonly standingStill: number;
  };
  /** When any of the keys was last used; null when none ever was. */
  readonly lastUsedAt: Instant | null;
  /** Null when the keys are deleted. */
  readonly reassignment: ReassignmentPlan | null;
  readonly sessions: number;
  /** Service accounts that lose this contact. */
  readonly contactOf: readonly User[];
};

/** What deleting a user takes. */
export type DeleteUserDeps = Pick<CommandDeps, 'change' | 'randomBytes' | 'seal' | 'keysPerUserMost'>;

/**
 * Deletes a user, and their keys with them or after these have passed to somebody else (U4). Nobody deletes the Owner or
 * themselves, administrators delete restricted users only (U3); always with a fresh proof (U8). The keys go first: no
 * verifier ever sees one whose owner is gone, or one with more rights than before.
 */
export function deleteUser(
  deps: DeleteUserDeps,
  context: CommandContext,
  input: DeleteUserInput,
): CommandOutcome<UserDeletion> {
  return changeAs(deps, context, async (acting, change) => {
    const user = await findDeletable(change.read, acting, input.userId);
    if (!user.ok) return user;
    const keys = await keysOf(change.read, acting, user.value);
    const asked = { formerOwner: user.value, keys };
    const plan =
      input.reassignment === null
        ? ok(null)
        : await planReassignment(deps, change.read, acting, { ...asked, input: input.reassignment });
    if (!plan.ok) return plan;
    const deletion = await describe(change.read, acting, { ...asked, input, plan: plan.value });
    if (!input.isPreview) await apply(deps, change, { acting, deletion, keys });
    return ok(deletion);
  });
}

async function findDeletable(reader: Reader, acting: ActingUser, userId: UserId): Outcome<User> {
  const fresh = requireFreshProof(acting);
  if (!fresh.ok) return fresh;
  const found = await findManagedUser(reader, acting, { userId, pointer: null });
  if (!found.ok || mayDeleteUser(acting.user, found.value)) return found;
  const { userType, id } = found.value;
  return refuse({ kind: 'not-allowed', because: { rule: 'user-deletion', userType, isSelf: id === acting.user.id } });
}

async function describe(
  reader: Reader,
  { now }: ActingUser,
  asked: {
    readonly formerOwner: User;
    readonly keys: readonly Key[];
    readonly input: DeleteUserInput;
    readonly plan: ReassignmentPlan | null;
  },
): Promise<UserDeletion> {
  const { formerOwner: user, keys, input, plan } = asked;
  const active = keys.filter((key) => statusOf(key, now).kind === 'active');
  const working = user.disabledAt === null ? active : [];
  const uses = keys.map(({ lastUsedAt }) => lastUsedAt).filter((at) => at !== null);
  return {
    user,
    isPreview: input.isPreview,
    keyCounts: {
      all: keys.length,
      working: working.length,
      inUse: working.filter((key) => isInUse(key, now)).length,
      standingStill: active.length - working.length,
    },
    lastUsedAt: uses.reduce<Instant | null>((latest, at) => (latest === null || at > latest ? at : latest), null),
    reassignment: plan,
    sessions: (await reader.sessions.listOf(user.id)).length,
    contactOf: await reader.users.withContact(user.accountId, user.id),
  };
}

async function apply(
  deps: DeleteUserDeps,
  change: Change,
  {
    acting,
    deletion,
    keys,
  }: { readonly acting: ActingUser; readonly deletion: UserDeletion; readonly keys: readonly Key[] },
): Promise<void> {
  const { user, reassignment } = deletion;
  if (reassignment === null) for (const key of keys) await change.keys.delete(key);
  else await reassignKeys(deps, change, acting, { formerOwner: user, plan: reassignment });
  await change.users.delete(user);
}
