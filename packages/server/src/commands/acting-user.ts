import { type Instant, isAdministrative, isSessionAlive, ok, refuse, type Result, sessionBounds } from '@claviger/core';
import type { Account, Reader, User } from '@claviger/storage';
import type { CredentialRefusal, NotAllowed } from '../refusal.ts';
import type { Caller, CommandContext } from './deps.ts';
import { isDead } from './presented-key.ts';

/** The caller as the store knows them now, not as they were when the request came in. */
export type ActingUser = {
  readonly user: User;
  readonly account: Account;
  /** With a session, `provenAt` is the stored one. */
  readonly credential: Caller['credential'];
  readonly now: Instant;
  /** The time that is certain: behind `now` while a jump of the clock is unconfirmed (E9). */
  readonly certainNow: Instant;
};

type Credential<Kind extends Caller['credential']['kind']> = Extract<Caller['credential'], { readonly kind: Kind }>;

/**
 * Reads the caller again inside the transaction that acts: whoever was disabled, or whose session or key ended after
 * the request came in, is refused here, so nobody makes keys while being revoked (X1, U5). A demotion shows in `user`.
 */
export async function actingUser(
  reader: Reader,
  context: CommandContext,
): Promise<Result<ActingUser, CredentialRefusal>> {
  const { accountId, credential } = context.caller;
  const { now, storable } = context.change;
  const account = await reader.accounts.find(accountId);
  const user = await reader.users.find(accountId, context.caller.user.id);
  if (account === null || user === null || user.disabledAt !== null) return refuse({ kind: 'credential-ended' });
  const acting = { user, account, credential, now, certainNow: storable };
  return credential.kind === 'session' ? withSession(reader, acting, credential) : withKey(reader, acting, credential);
}

/** Refuses narrowed keys: on the management API they read `GET /v1/me` and nothing else (K14). */
export function refuseNarrowed(acting: ActingUser): Result<ActingUser, CredentialRefusal> {
  const { credential } = acting;
  const isNarrowed = credential.kind === 'key' && credential.isNarrowed;
  return isNarrowed ? refuse({ kind: 'narrowed-key', keyId: credential.keyId }) : ok(acting);
}

/** Lets the Owner and administrators pass: account-wide settings, policies and users are theirs (P5, E1, R1). */
export function requireAdministrator(acting: ActingUser): Result<ActingUser, NotAllowed> {
  if (isAdministrative(acting.user.userType)) return ok(acting);
  return refuse({ kind: 'not-allowed', because: { rule: 'administrators-only' } });
}

/** Lets the Owner pass and nobody else (P3). */
export function requireOwner(acting: ActingUser): Result<ActingUser, NotAllowed> {
  if (acting.user.userType === 'owner') return ok(acting);
  return refuse({ kind: 'not-allowed', because: { rule: 'owner-only' } });
}

async function withSession(
  reader: Reader,
  acting: ActingUser,
  credential: Credential<'session'>,
): Promise<Result<ActingUser, CredentialRefusal>> {
  const session = await reader.sessions.find(acting.account.id, credential.sessionId);
  const bounds = sessionBounds(acting.account.signIn);
  if (session === null || session.userId !== acting.user.id || !isSessionAlive(session, acting.now, bounds)) {
    return refuse({ kind: 'credential-ended' });
  }
  return ok({ ...acting, credential: { ...credential, provenAt: session.provenAt } });
}

/** The very secret that was presented is looked up: a rotation without overlap ends it like a force-expire (X5). */
async function withKey(
  reader: Reader,
  acting: ActingUser,
  credential: Credential<'key'>,
): Promise<Result<ActingUser, CredentialRefusal>> {
  const presented = await reader.keys.findByDigest(credential.digest);
  if (presented === null || presented.key.id !== credential.keyId) return refuse({ kind: 'credential-ended' });
  const { key } = presented;
  const isOwn = key.accountId === acting.account.id && key.ownerId === acting.user.id;
  const isLive = !isDead(presented, acting.now) && key.disabledAt === null;
  if (!isOwn || !isLive) return refuse({ kind: 'credential-ended' });
  if (key.kind === 'write_only') return refuse({ kind: 'write-only-key', keyId: key.id });
  if (!acting.account.hasManagementByKeys) return refuse({ kind: 'management-by-keys-off' });
  return ok({ ...acting, credential: { ...credential, isNarrowed: key.permissions !== null } });
}
