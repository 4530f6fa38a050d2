import { type InvitationId, ok, refuse } from '@claviger/core';
import type { Invitation, Reader } from '@claviger/storage';
import { type ActingUser, requireAdministrator } from './acting-user.ts';
import type { Outcome } from './outcome.ts';

/** Finds an invitation for those who manage them: the Owner and administrators, whoever sent it (U2). */
export async function findInvitation(reader: Reader, acting: ActingUser, id: InvitationId): Outcome<Invitation> {
  const allowed = requireAdministrator(acting);
  if (!allowed.ok) return allowed;
  const invitation = await reader.invitations.find(acting.account.id, id);
  return invitation === null ? refuse({ kind: 'invitation-not-found', invitationId: id }) : ok(invitation);
}
