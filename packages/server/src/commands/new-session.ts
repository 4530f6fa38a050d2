import { newSessionId, type Origin, Secret, type Instant } from '@claviger/core';
import type { Session, User } from '@claviger/storage';
import type { CommandDeps } from './deps.ts';

/** A session and its token, which only its keeper's cookie has. */
export type NewSession = { readonly session: Session; readonly token: Secret };

/** Bytes. 256 random bits, 43 characters of base64url. */
const TOKEN_BYTES = 32;

/** Draws a session for a user who has just proved who they are: signing in counts as fresh proof (U8). */
export function drawSession(
  deps: Pick<CommandDeps, 'randomBytes' | 'digestOf'>,
  user: Pick<User, 'id' | 'accountId'>,
  request: { readonly now: Instant; readonly origin: Origin },
): NewSession {
  const token = new Secret(Buffer.from(deps.randomBytes(TOKEN_BYTES)).toString('base64url'));
  const { now, origin } = request;
  const session: Session = {
    id: newSessionId(deps.randomBytes),
    accountId: user.accountId,
    userId: user.id,
    digest: deps.digestOf(token),
    createdAt: now,
    lastSeenAt: now,
    provenAt: now,
    endedAt: null,
    ipAddress: origin.ipAddress,
    userAgent: origin.userAgent,
  };
  return { session, token };
}
