import { createInvitation } from '../../commands/create-invitation.ts';
import { changing, type Implementation } from '../call.ts';
import { presentInvitation } from '../present.ts';

/** `POST /v1/invitations` (U2). */
export const createInvitationRoute: Implementation<'create_invitation'> = changing({
  run: (deps, { context, body }) => {
    const { email, name, user_type: userType } = body;
    return createInvitation(deps.commands, context, { email, name, userType });
  },
  present: presentInvitation,
});
