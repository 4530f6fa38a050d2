import { invitationExpiry, type InvitedType, newInvitationId, ok } from '@claviger/core';
import type { Invitation } from '@claviger/storage';
import type { CommandContext, CommandDeps } from './deps.ts';
import { invitationToken } from './invitation-link.ts';
import type { CommandOutcome } from './outcome.ts';
import { changeAs } from './run-as.ts';
import { checkAddressee, requireInviter, sendInvitation } from './send-invitation.ts';

/** Whom to invite, as what. */
export type CreateInvitationInput = { readonly email: string; readonly name: string; readonly userType: InvitedType };

/** What sending invitations takes. */
export type InvitationDeps = Pick<CommandDeps, 'change' | 'randomBytes' | 'digestOf' | 'sealer'>;

/** Invites a person by e-mail (U2). For an address that another account has it answers and does the same, but no mail leaves (T1). */
export function createInvitation(
  deps: InvitationDeps,
  context: CommandContext,
  input: CreateInvitationInput,
): CommandOutcome<Invitation> {
  return changeAs(deps, context, async (acting, change) => {
    const allowed = requireInviter(acting, input.userType);
    if (!allowed.ok) return allowed;
    const addressee = await checkAddressee(change.read, acting, { email: input.email, sentAgain: null });
    if (!addressee.ok) return addressee;
    const { account, user, now } = acting;
    const link = { id: newInvitationId(deps.randomBytes), resends: 0 };
    const sent = { invitedBy: user.id, createdAt: now, sentAt: now, expiresAt: invitationExpiry(now) };
    const digest = deps.digestOf(invitationToken(deps, link));
    await change.invitations.create({ ...input, ...link, ...sent, accountId: account.id }, digest);
    return ok(await sendInvitation(deps, { change, acting }, { ...addressee.value, id: link.id }));
  });
}
