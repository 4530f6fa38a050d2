import { listInvitations } from '../../commands/list-invitations.ts';
import { type Implementation, reading } from '../call.ts';
import { pageRequestOf } from '../page-of-list.ts';
import { presentInvitation, presentPage } from '../present.ts';

/** `GET /v1/invitations` (U2). */
export const listInvitationsRoute: Implementation<'list_invitations'> = reading({
  run: (deps, { context, query }) => listInvitations(deps.commands, context, pageRequestOf(query)),
  present: (page, { incoming }) => presentPage(page, (invitation) => presentInvitation(invitation, incoming)),
});
