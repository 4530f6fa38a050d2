import { invitationStatus, ok, refuse, type InvitationId, type InvitedType, type Result } from '@claviger/core';
import type { Change, Invitation, Reader } from '@claviger/storage';
import type { Refusal } from '../refusal.ts';
import { type ActingUser, requireAdministrator } from './acting-user.ts';
import type { CommandDeps } from './deps.ts';
import { requireFreshProof } from './fresh-proof.ts';
import type { Outcome } from './outcome.ts';
import { queueMail } from './queue-mail.ts';

/** Whether the mail may leave: not to an address that another account has, of which nobody here is told (T1). */
export type Addressee = { readonly isElsewhere: boolean };

/** Lets those pass who may invite: the Owner and administrators; making an administrator is as sensitive as a promotion (U3, U8). */
export function requireInviter(acting: ActingUser, userType: InvitedType): Result<ActingUser, Refusal> {
  const allowed = requireAdministrator(acting);
  if (!allowed.ok || userType === 'restricted') return allowed;
  return requireFreshProof(acting);
}

/**
 * Looks at an address: an account has one user or one pending invitation for it (U2). What another account has of it is not
 * told, so nothing here depends on that but whether the mail leaves (T1).
 */
export async function checkAddressee(
  reader: Reader,
  acting: ActingUser,
  { email, sentAgain }: { readonly email: string; readonly sentAgain: InvitationId | null },
): Outcome<Addressee> {
  const accountId = acting.account.id;
  const holder = await reader.users.findByEmail(email);
  if (holder?.accountId === accountId) return refuse({ kind: 'user-exists', userId: holder.id });
  const others = (await reader.invitations.unanswered(accountId, email)).filter(({ id }) => id !== sentAgain);
  const pending = others.find((invitation) => invitationStatus(invitation, acting.now) === 'pending');
  if (pending !== undefined) return refuse({ kind: 'invitation-pending', invitationId: pending.id });
  return ok({ isElsewhere: holder !== null });
}

/** Queues the mail with the link, and answers with the invitation as it is now. */
export async function sendInvitation(
  deps: Pick<CommandDeps, 'randomBytes'>,
  { change, acting }: { readonly change: Change; readonly acting: ActingUser },
  { id, isElsewhere }: Addressee & Pick<Invitation, 'id'>,
): Promise<Invitation> {
  const invitation = await change.read.invitations.find(acting.account.id, id);
  if (invitation === null) throw new Error(`${id} is gone in the middle of a change`);
  if (isElsewhere) return invitation;
  const facts = { invitationId: id, resends: invitation.resends, invitedBy: acting.user.name };
  const { accountId, email } = invitation;
  await queueMail(deps, change, { accountId, recipient: email, message: { template: 'invitation', facts } });
  return invitation;
}
