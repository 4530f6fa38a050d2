import { Secret } from '@claviger/core';
import { redeemPasswordReset } from '../../commands/redeem-password-reset.ts';
import { takeAttempt } from '../attempts.ts';
import { changing, type Implementation } from '../call.ts';

/** `POST /v1/password-resets/redeem` (U7): whoever has the link chooses the password. */
export const redeemPasswordResetRoute: Implementation<'redeem_password_reset'> = changing({
  run: async (deps, { context, body, incoming }) => {
    const attempt = takeAttempt(deps.throttles.resets, incoming);
    if (!attempt.ok) return attempt;
    const input = { token: new Secret(body.token), password: new Secret(body.password) };
    const done = await redeemPasswordReset(deps.commands, context, input);
    if (done.ok) attempt.value.giveBack();
    return done;
  },
  present: () => ({ object: 'password_reset' }),
});
