import { Secret } from '@claviger/core';
import { confirmTotp } from '../../commands/totp-factor.ts';
import { changing, type Implementation } from '../call.ts';
import { takeCodeAttempt } from '../attempts.ts';
import { presentRecoveryCodes } from '../present-second-factors.ts';

/** `POST /v1/me/second-factors/totp/confirm` (U7). */
export const confirmTotpRoute: Implementation<'confirm_totp'> = changing({
  run: async (deps, { context, body, incoming }) => {
    const attempt = takeCodeAttempt(deps.throttles, incoming, context.caller.user.id);
    if (!attempt.ok) return attempt;
    const done = await confirmTotp(deps.commands, context, new Secret(body.code));
    if (done.ok) attempt.value.giveBack();
    return done;
  },
  present: presentRecoveryCodes,
});
