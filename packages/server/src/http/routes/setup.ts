import { Secret } from '@claviger/core';
import { setUp } from '../../commands/set-up.ts';
import { type Implementation, changing } from '../call.ts';
import { takeAttempt } from '../attempts.ts';
import { presentAccount, presentKeyWithSecret, presentUser } from '../present.ts';
import { sessionCookie } from '../session-cookie.ts';

/** `POST /v1/setup` (T2): whoever shows the set-up token makes the first account. */
export const setupRoute: Implementation<'setup'> = changing({
  run: async (deps, { context, body, incoming }) => {
    const attempt = takeAttempt(deps.throttles.addresses, incoming);
    if (!attempt.ok) return attempt;
    // Told before the token is looked at: once there is an Owner there is nothing left to guess.
    if (await deps.commands.read((reader) => reader.accounts.exist())) {
      return { ok: false, refusal: { kind: 'set-up-done' } };
    }
    const verdict = deps.setupLink().judge(new Secret(body.token), incoming.now);
    if (verdict === 'wrong') return { ok: false, refusal: { kind: 'set-up-token-wrong' } };
    if (verdict === 'expired') return { ok: false, refusal: { kind: 'set-up-token-expired' } };
    const { email, name, password } = body.owner;
    const owner = { email, name, password: new Secret(password) };
    const done = await setUp(deps.commands, context, { accountName: body.account.name, owner });
    if (done.ok) {
      attempt.value.giveBack();
      deps.onSetUp();
    }
    return done;
  },
  present: ({ account, user, keys }, view) => ({
    account: presentAccount(account),
    user: presentUser(user),
    keys: keys.map((key) => presentKeyWithSecret(key, view)),
  }),
  headers: (deps, done) => ({ 'set-cookie': sessionCookie(deps.publicUrl()).handOver(done) }),
});
