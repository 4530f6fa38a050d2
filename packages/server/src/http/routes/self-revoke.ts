import { Secret, SELF_REVOKE_ANSWER_MS } from '@claviger/core';
import { selfRevoke } from '../../commands/self-revoke.ts';
import { takeAttempt } from '../attempts.ts';
import { changing, type Implementation } from '../call.ts';
import type { HttpDeps } from '../deps.ts';

/** `POST /v1/keys/self-revoke` (K12): the same answer for every text, so it tells nothing, not even by its version or its time. */
export const selfRevokeRoute: Implementation<'self_revoke'> = changing({
  run: async (deps, { context, body, incoming }) => {
    const attempt = takeAttempt(deps.throttles.selfRevocations, incoming);
    if (!attempt.ok) return attempt;
    const revoking = selfRevoke(deps.commands, context, { key: new Secret(body.key) });
    const [done] = await Promise.all([revoking, pause(deps)]);
    return done.ok ? { ok: true, value: { ...done.value, version: null } } : done;
  },
  present: () => ({ object: 'self_revocation' }),
});

/** Known keys are written about and unknown ones are not, so the answer waits until either would be done. */
function pause({ clock }: Pick<HttpDeps, 'clock'>): Promise<void> {
  return new Promise((resolve) => {
    clock.after(SELF_REVOKE_ANSWER_MS, resolve);
  });
}
