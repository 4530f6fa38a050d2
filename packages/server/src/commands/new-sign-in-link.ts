import { plusMs, Secret, SIGN_IN_LINK_MS } from '@claviger/core';
import type { Change, SignInLink, User } from '@claviger/storage';
import type { CommandDeps } from './deps.ts';

/** A link's token, which exists nowhere else from here on, and what is kept of it. */
export type NewSignInLink = { readonly token: Secret; readonly link: SignInLink };

/** Bytes. 256 random bits, 43 characters of base64url. */
const TOKEN_BYTES = 32;

/** Makes a sign-in link for an Owner, good once and for 24 hours; it replaces the ones before (T1). */
export async function insertSignInLink(
  deps: Pick<CommandDeps, 'randomBytes' | 'digestOf'>,
  change: Change,
  owner: Pick<User, 'id' | 'accountId'>,
): Promise<NewSignInLink> {
  const token = new Secret(Buffer.from(deps.randomBytes(TOKEN_BYTES)).toString('base64url'));
  const link: SignInLink = {
    digest: deps.digestOf(token),
    accountId: owner.accountId,
    userId: owner.id,
    createdAt: change.now,
    endsAt: plusMs(change.now, SIGN_IN_LINK_MS),
    endedAt: null,
  };
  await change.signInLinks.create(link);
  return { token, link };
}
