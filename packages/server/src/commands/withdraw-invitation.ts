import { type InvitationId, ok, refuse } from '@claviger/core';
import type { CommandContext, CommandDeps } from './deps.ts';
import { findInvitation } from './find-invitation.ts';
import type { CommandOutcome } from './outcome.ts';
import { changeAs } from './run-as.ts';

/** Withdraws an invitation: its link works no more (U2). Asked for twice, the second time changes nothing. */
export function withdrawInvitation(
  deps: Pick<CommandDeps, 'change'>,
  context: CommandContext,
  id: InvitationId,
): CommandOutcome<null> {
  return changeAs(deps, context, async (acting, change) => {
    const found = await findInvitation(change.read, acting, id);
    if (!found.ok) return found;
    if (found.value.acceptedAt !== null) return refuse({ kind: 'invitation-over', status: 'accepted' });
    if (found.value.withdrawnAt === null) await change.invitations.withdraw(found.value);
    return ok(null);
  });
}
