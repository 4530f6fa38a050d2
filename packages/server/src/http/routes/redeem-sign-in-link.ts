import { Secret } from '@claviger/core';
import { redeemSignInLink } from '../../commands/redeem-sign-in-link.ts';
import { takeAttempt } from '../attempts.ts';
import { changing, type Implementation } from '../call.ts';
import { presentAccount, presentKeyWithSecret, presentUser } from '../present.ts';
import { sessionCookie } from '../session-cookie.ts';

/** `POST /v1/sign-in-links/redeem` (T1): whoever has the operator's link signs in as the Owner, with a password of their own. */
export const redeemSignInLinkRoute: Implementation<'redeem_sign_in_link'> = changing({
  run: async (deps, { context, body, incoming }) => {
    const attempt = takeAttempt(deps.throttles.addresses, incoming);
    if (!attempt.ok) return attempt;
    const input = { token: new Secret(body.token), password: new Secret(body.password) };
    const done = await redeemSignInLink(deps.commands, context, input);
    if (done.ok) attempt.value.giveBack();
    return done;
  },
  present: ({ account, user, keys }, view) => ({
    account: presentAccount(account),
    user: presentUser(user),
    keys: keys.map((key) => presentKeyWithSecret(key, view)),
  }),
  headers: (deps, done) => ({ 'set-cookie': sessionCookie(deps.publicUrl()).handOver(done) }),
});
