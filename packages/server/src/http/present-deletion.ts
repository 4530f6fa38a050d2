import type { AnswerOf } from '@claviger/contract';
import { formatInstant } from '@claviger/core';
import type { UserDeletion } from '../commands/delete-user.ts';
import type { HandOver } from '../commands/hand-over.ts';
import { presentPermission, presentUser } from './present.ts';

/** What deleting a user did, or would do (U4). */
export function presentUserDeletion(deletion: UserDeletion): AnswerOf<'delete_user'> {
  const { user, keyCounts, lastUsedAt, reassignment } = deletion;
  return {
    object: deletion.isPreview ? 'user_deletion_preview' : 'user_deletion',
    user: presentUser(user),
    keys: { total: keyCounts.all, working: keyCounts.working, in_use: keyCounts.inUse },
    last_used_at: lastUsedAt === null ? null : formatInstant(lastUsedAt),
    new_owner_id: reassignment?.newOwner.id ?? null,
    narrowed: reassignment?.narrowed ?? 0,
    disabled: reassignment === null ? 0 : keyCounts.standingStill,
    widen_adds: reassignment?.widenAdds.map(presentPermission) ?? [],
    widened: reassignment?.isWidening ?? false,
    sessions: deletion.sessions,
    contact_of: deletion.contactOf.map(({ id }) => id),
  };
}

/** Who owns the account now (U1). */
export function presentHandOver({ owner, formerOwner, stoppedKeys }: HandOver): AnswerOf<'hand_over_account'> {
  return {
    object: 'hand_over',
    owner: presentUser(owner),
    former_owner: presentUser(formerOwner),
    disabled_keys: stoppedKeys.length,
  };
}
