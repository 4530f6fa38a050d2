import { withdrawInvitation } from '../../commands/withdraw-invitation.ts';
import { changing, type Implementation } from '../call.ts';

/** `DELETE /v1/invitations/{id}` (U2). */
export const withdrawInvitationRoute: Implementation<'withdraw_invitation'> = changing({
  run: (deps, { context, ids }) => withdrawInvitation(deps.commands, context, ids.id),
  present: () => null,
});
