import { PASSWORD_RESET_ANSWER_MS } from '@claviger/core';
import { requestPasswordReset } from '../../commands/request-password-reset.ts';
import { answerNoEarlier } from '../answer-no-earlier.ts';
import { takePasswordResetAttempt } from '../attempts.ts';
import { changing, type Implementation } from '../call.ts';

/** `POST /v1/password-resets` (U7): the same answer for every address, so it tells nothing, not even by its time (T1). */
export const requestPasswordResetRoute: Implementation<'request_password_reset'> = changing({
  run: async (deps, { context, body, incoming }) => {
    const attempt = takePasswordResetAttempt(deps.throttles, incoming, body.email);
    if (!attempt.ok) return attempt;
    const asking = requestPasswordReset(deps.commands, context, { email: body.email });
    return answerNoEarlier(deps, PASSWORD_RESET_ANSWER_MS, asking);
  },
  present: () => ({ object: 'password_reset' }),
});
