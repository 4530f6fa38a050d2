import { Secret } from '@claviger/core';
import { signIn } from '../../commands/sign-in.ts';
import { takeSignInAttempt } from '../attempts.ts';
import { type Implementation, changing } from '../call.ts';
import { presentSession } from '../present.ts';
import { countCode, secondProofIn } from '../second-proof.ts';
import { sessionCookie } from '../session-cookie.ts';

/** `POST /v1/sessions` (U7): signs in by e-mail and password. */
export const createSessionRoute: Implementation<'create_session'> = changing({
  run: async (deps, { context, body, incoming }) => {
    const attempt = takeSignInAttempt(deps.throttles, incoming, body.email);
    if (!attempt.ok) return attempt;
    const second = secondProofIn(body);
    const counted = countCode(deps.throttles, incoming, { user: body.email, proof: second });
    if (!counted.ok) return counted;
    const input = { email: body.email, password: new Secret(body.password), second };
    const done = await signIn(deps.commands, context, input);
    counted.value.settle(done);
    if (done.ok) attempt.value.giveBack();
    return done;
  },
  present: ({ session, bounds }) => presentSession(session, { bounds, currentId: session.id }),
  headers: (deps, signedIn) => ({ 'set-cookie': sessionCookie(deps.publicUrl()).handOver(signedIn) }),
});
