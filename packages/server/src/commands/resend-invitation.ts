import { invitationExpiry, type InvitationId, ok, refuse } from '@claviger/core';
import type { Invitation } from '@claviger/storage';
import type { InvitationDeps } from './create-invitation.ts';
import type { CommandContext } from './deps.ts';
import { findInvitation } from './find-invitation.ts';
import { invitationToken } from './invitation-link.ts';
import type { CommandOutcome } from './outcome.ts';
import { changeAs } from './run-as.ts';
import { checkAddressee, requireInviter, sendInvitation } from './send-invitation.ts';

/**
 * Sends an invitation again: a new link for 7 days, and the one before works no more (U2). Whoever sends it vouches for it
 * from then on. An expired one can be sent again as long as its address has neither a user nor another invitation here.
 */
export function resendInvitation(
  deps: InvitationDeps,
  context: CommandContext,
  id: InvitationId,
): CommandOutcome<Invitation> {
  return changeAs(deps, context, async (acting, change) => {
    const found = await findInvitation(change.read, acting, id);
    if (!found.ok) return found;
    const { email, userType, resends, acceptedAt, withdrawnAt } = found.value;
    const allowed = requireInviter(acting, userType);
    if (!allowed.ok) return allowed;
    if (acceptedAt !== null) return refuse({ kind: 'invitation-over', status: 'accepted' });
    if (withdrawnAt !== null) return refuse({ kind: 'invitation-over', status: 'withdrawn' });
    const addressee = await checkAddressee(change.read, acting, { email, sentAgain: id });
    if (!addressee.ok) return addressee;
    await change.invitations.resend(found.value, {
      invitedBy: acting.user.id,
      expiresAt: invitationExpiry(acting.now),
      digest: deps.digestOf(invitationToken(deps, { id, resends: resends + 1 })),
    });
    return ok(await sendInvitation(deps, { change, acting }, { ...addressee.value, id }));
  });
}
