import { Secret } from '@claviger/core';
import { changePassword } from '../../commands/change-password.ts';
import { takePasswordAttempt } from '../attempts.ts';
import { changing, type Implementation } from '../call.ts';
import { presentUser } from '../present.ts';

/** `POST /v1/me/password` (U7). */
export const changePasswordRoute: Implementation<'change_password'> = changing({
  run: async (deps, { context, body, incoming }) => {
    // Counted for the user alone: only somebody who has a session of theirs gets this far.
    const attempt = takePasswordAttempt(deps.throttles, incoming, context.caller.user.id);
    if (!attempt.ok) return attempt;
    const input = { current: new Secret(body.current_password), chosen: new Secret(body.new_password) };
    const done = await changePassword(deps.commands, context, input);
    if (done.ok) attempt.value.giveBack();
    return done;
  },
  present: (user) => presentUser(user),
});
