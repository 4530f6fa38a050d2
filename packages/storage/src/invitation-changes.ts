import { changesBetween } from '@claviger/core';
import type { Invitation } from './entities.ts';
import { absent, invitationAttributes } from './event-attributes.ts';
import { findInvitation, invitationRow } from './invitations.ts';
import type { Change } from './store.ts';
import { note, type Unit } from './unit.ts';

type Resent = Parameters<Change['invitations']['resend']>[1];

/** Changes invitations. Verifiers know nothing of them. */
export function invitationChanges(unit: Unit): Change['invitations'] {
  return {
    create: (invitation, digest) => createInvitation(unit, invitation, digest),
    resend: (invitation, to) => resendInvitation(unit, invitation, to),
    withdraw: (invitation) => withdrawInvitation(unit, invitation),
    accept: (invitation, userId) => acceptInvitation(unit, invitation, userId),
  };
}

async function createInvitation(
  unit: Unit,
  invitation: Parameters<Change['invitations']['create']>[0],
  digest: string,
): Promise<void> {
  const made: Invitation = { ...invitation, inviter: null, acceptedAt: null, userId: null, withdrawnAt: null };
  await unit.db.insertInto('invitations').values(invitationRow(made, digest)).execute();
  const attributes = invitationAttributes(made);
  noteInvitation(unit, 'user.invited', { before: absent(attributes), after: made });
}

/** The link of before dies with its digest. */
async function resendInvitation(unit: Unit, invitation: Invitation, { digest, ...to }: Resent): Promise<void> {
  const before = await unansweredInvitation(unit, invitation);
  const after: Invitation = { ...before, ...to, sentAt: unit.context.now, resends: before.resends + 1 };
  const { invited_by, sent_at, expires_at, resends } = invitationRow(after, digest);
  await unit.db
    .updateTable('invitations')
    .set({ invited_by, sent_at, expires_at, resends, digest })
    .where('id', '=', before.id)
    .execute();
  noteInvitation(unit, 'invitation.resent', { before: invitationAttributes(before), after });
}

async function withdrawInvitation(unit: Unit, invitation: Invitation): Promise<void> {
  const before = await unansweredInvitation(unit, invitation);
  const after: Invitation = { ...before, withdrawnAt: unit.context.now };
  await unit.db
    .updateTable('invitations')
    .set({ withdrawn_at: after.withdrawnAt })
    .where('id', '=', before.id)
    .execute();
  noteInvitation(unit, 'invitation.withdrawn', { before: invitationAttributes(before), after });
}

async function acceptInvitation(
  unit: Unit,
  invitation: Invitation,
  userId: NonNullable<Invitation['userId']>,
): Promise<void> {
  const before = await unansweredInvitation(unit, invitation);
  const after: Invitation = { ...before, acceptedAt: unit.context.now, userId };
  await unit.db
    .updateTable('invitations')
    .set({ accepted_at: after.acceptedAt, accepted_by: userId })
    .where('id', '=', before.id)
    .execute();
  noteInvitation(unit, 'invitation.accepted', { before: invitationAttributes(before), after });
}

/** As it is now, inside the change: one that was accepted or withdrawn changes no more. */
async function unansweredInvitation(unit: Unit, { accountId, id }: Invitation): Promise<Invitation> {
  const current = await findInvitation(unit.db, accountId, id);
  if (current === null || current.acceptedAt !== null || current.withdrawnAt !== null) {
    throw new Error(`there is no open invitation ${id} to change`);
  }
  return current;
}

function noteInvitation(
  unit: Unit,
  name: string,
  { before, after }: { readonly before: ReturnType<typeof invitationAttributes>; readonly after: Invitation },
): void {
  const changes = changesBetween(before, invitationAttributes(after));
  note(
    unit,
    { name, affectedUserId: after.userId, resourceId: after.id, keyKind: null, changes },
    { accountId: after.accountId },
  );
}
