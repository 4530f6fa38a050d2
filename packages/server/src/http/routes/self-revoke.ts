import { Secret } from '@claviger/core';
import { selfRevoke } from '../../commands/self-revoke.ts';
import { takeAttempt } from '../attempts.ts';
import { changing, type Implementation } from '../call.ts';

/** `POST /v1/keys/self-revoke` (K12): the same answer for every text, so it tells nothing, not even by its version. */
export const selfRevokeRoute: Implementation<'self_revoke'> = changing({
  run: async (deps, { context, body, incoming }) => {
    const attempt = takeAttempt(deps.throttles.selfRevocations, incoming);
    if (!attempt.ok) return attempt;
    const done = await selfRevoke(deps.commands, context, { key: new Secret(body.key) });
    return done.ok ? { ok: true, value: { ...done.value, version: null } } : done;
  },
  present: () => ({ object: 'self_revocation' }),
});
