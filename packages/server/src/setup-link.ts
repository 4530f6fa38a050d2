import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { type Instant, plusMs, Secret, SETUP_LINK_MS } from '@claviger/core';

/** What a presented set-up token is worth. Whether an account exists already is for the command to say. */
export type SetupTokenVerdict = 'good' | 'wrong' | 'expired';

/** The one-time way into a fresh installation (T2). */
export type SetupLink = {
  /** The link to show; null when the token was given by setting: whoever set it knows it. */
  readonly url: Secret | null;
  /** Compares in constant time. */
  judge(presented: Secret, now: Instant): SetupTokenVerdict;
};

/** Draws a new link, dead after 24 h, or takes the token given by setting, which does not age (T2). */
export function createSetupLink(given: Secret | null, publicOrigin: string, now: Instant): SetupLink {
  const token = given ?? new Secret(randomBytes(32).toString('base64url'));
  const endsAt = given === null ? plusMs(now, SETUP_LINK_MS) : null;
  const expected = digestOf(token);
  return {
    // The token stands after `#`: browsers send that part to nobody.
    url: given === null ? new Secret(`${publicOrigin}/setup#${token.reveal()}`) : null,
    judge: (presented, at) => {
      if (!timingSafeEqual(digestOf(presented), expected)) return 'wrong';
      return endsAt !== null && at >= endsAt ? 'expired' : 'good';
    },
  };
}

function digestOf(token: Secret): Buffer {
  return createHash('sha256').update(token.reveal()).digest();
}
