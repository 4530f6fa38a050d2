import { Secret, SELF_REVOKE_ANSWER_MS } from '@claviger/core';
import { selfRevoke } from '../../commands/self-revoke.ts';
import { answerNoEarlier } from '../answer-no-earlier.ts';
import { takeAttempt } from '../attempts.ts';
import { changing, type Implementation } from '../call.ts';

/** `POST /v1/keys/self-revoke` (K12): the same answer for every text, so it tells nothing, not even by its version or its time. */
export const selfRevokeRoute: Implementation<'self_revoke'> = changing({
  run: async (deps, { context, body, incoming }) => {
    const attempt = takeAttempt(deps.throttles.selfRevocations, incoming);
    if (!attempt.ok) return attempt;
    // Known keys are written about and unknown ones are not, so the answer waits until either would be done.
    const revoking = selfRevoke(deps.commands, context, { key: new Secret(body.key) });
    const done = await answerNoEarlier(deps, SELF_REVOKE_ANSWER_MS, revoking);
    return done.ok ? { ok: true, value: { ...done.value, version: null } } : done;
  },
  present: () => ({ object: 'self_revocation' }),
});
