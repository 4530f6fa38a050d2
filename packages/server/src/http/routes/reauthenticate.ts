import { Secret } from '@claviger/core';
import { reauthenticate } from '../../commands/reauthenticate.ts';
import { takePasswordAttempt } from '../attempts.ts';
import { type Implementation, changing } from '../call.ts';
import { presentSession } from '../present.ts';
import { countCode, secondProofIn } from '../second-proof.ts';

/** `POST /v1/sessions/reauthenticate` (U8): a new proof for the session that asks. */
export const reauthenticateRoute: Implementation<'reauthenticate'> = changing({
  run: async (deps, { context, body, incoming }) => {
    // Counted for the user alone: only somebody who has a session of theirs gets this far.
    const attempt = takePasswordAttempt(deps.throttles, incoming, context.caller.user.id);
    if (!attempt.ok) return attempt;
    const second = secondProofIn(body);
    const user = context.caller.user.email ?? context.caller.user.id;
    const counted = countCode(deps.throttles, incoming, { user, proof: second });
    if (!counted.ok) return counted;
    const done = await reauthenticate(deps.commands, context, { password: new Secret(body.password), second });
    counted.value.settle(done);
    if (done.ok) attempt.value.giveBack();
    return done;
  },
  present: ({ session, bounds }) => presentSession(session, { bounds, currentId: session.id }),
});
