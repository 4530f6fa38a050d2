import { Secret } from '@claviger/core';
import { acceptInvitation } from '../../commands/accept-invitation.ts';
import { takeAttempt } from '../attempts.ts';
import { type Implementation, changing } from '../call.ts';
import { presentKeyWithSecret, presentUser } from '../present.ts';
import { sessionCookie } from '../session-cookie.ts';

/** `POST /v1/invitations/accept` (U2, K2): whoever has the link becomes a user. */
export const acceptInvitationRoute: Implementation<'accept_invitation'> = changing({
  run: async (deps, { context, body, incoming }) => {
    const attempt = takeAttempt(deps.throttles.acceptances, incoming);
    if (!attempt.ok) return attempt;
    const done = await acceptInvitation(deps.commands, context, {
      token: new Secret(body.token),
      password: new Secret(body.password),
      name: body.name ?? null,
    });
    if (done.ok) attempt.value.giveBack();
    return done;
  },
  present: ({ user, keys }, view) => ({
    user: presentUser(user),
    keys: keys.map((key) => presentKeyWithSecret(key, view)),
  }),
  headers: (deps, done) => ({ 'set-cookie': sessionCookie(deps.publicUrl()).handOver(done) }),
});
