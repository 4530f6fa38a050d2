import { resendInvitation } from '../../commands/resend-invitation.ts';
import { changing, type Implementation } from '../call.ts';
import { presentInvitation } from '../present.ts';

/** `POST /v1/invitations/{id}/resend` (U2). */
export const resendInvitationRoute: Implementation<'resend_invitation'> = changing({
  run: (deps, { context, ids }) => resendInvitation(deps.commands, context, ids.id),
  present: presentInvitation,
});
