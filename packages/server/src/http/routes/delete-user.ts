import type { BodyOf } from '@claviger/contract';
import { parseUserId } from '@claviger/core';
import { deleteUser, type DeleteUserInput } from '../../commands/delete-user.ts';
import { changing, type Implementation } from '../call.ts';
import { presentUserDeletion } from '../present-deletion.ts';

/** `POST /v1/users/{id}/delete` (U4, U8). */
export const deleteUserRoute: Implementation<'delete_user'> = changing({
  run: (deps, { context, ids, body }) =>
    deleteUser(deps.commands, context, {
      userId: ids.id,
      reassignment: reassignmentOf(body),
      isPreview: body.preview ?? false,
    }),
  present: presentUserDeletion,
});

/** The schema has seen to it that a new owner is named exactly when the keys are reassigned. */
function reassignmentOf({ new_owner_id: named, widen }: BodyOf<'delete_user'>): DeleteUserInput['reassignment'] {
  const newOwnerId = named === undefined ? null : parseUserId(named);
  return newOwnerId === null ? null : { newOwnerId, isWidening: widen ?? false };
}
