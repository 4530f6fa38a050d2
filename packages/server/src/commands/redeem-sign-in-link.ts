import { hasExpired, type Instant, ok, refuse, type Result, type Secret, sessionBounds } from '@claviger/core';
import type { Account, Change, Reader, SignInLink, User } from '@claviger/storage';
import type { Refusal } from '../refusal.ts';
import { judgeAtPortal, wouldBeDeniedEvent } from './allowlist-of.ts';
import { choosePasswordByLink } from './chosen-password.ts';
import { insertDefaultKeys } from './default-keys.ts';
import type { AnonymousContext, CommandDeps } from './deps.ts';
import { endSessionsOf } from './end-sessions.ts';
import type { SecretDeps } from './new-key.ts';
import { drawSession, type NewSession } from './new-session.ts';
import type { CommandOutcome, Outcome } from './outcome.ts';
import type { KeyWithSecret } from './shown-key.ts';
import type { SignedIn } from './sign-in.ts';

export type RedeemSignInLinkInput = { readonly token: Secret; readonly password: Secret };

/** The Owner's session, and at their first sign-in their keys. */
export type RedeemedSignInLink = SignedIn & { readonly account: Account; readonly keys: readonly KeyWithSecret[] };

/** What redeeming takes. */
export type RedeemSignInLinkDeps = SecretDeps & Pick<CommandDeps, 'read' | 'change' | 'passwords'>;

/**
 * Signs an Owner in by a link of the operator's, once, with a password of their own (T1). Their other sessions end. Whoever
 * had no password before has never been here: they get the account's default keys now, since only they may see the secrets (K2).
 * Whatever is wrong with the link, the answer is the same.
 */
export async function redeemSignInLink(
  deps: RedeemSignInLinkDeps,
  context: AnonymousContext,
  input: RedeemSignInLinkInput,
): CommandOutcome<RedeemedSignInLink> {
  const digest = deps.digestOf(input.token);
  const { now, origin } = context.change;
  const chosen = await choosePasswordByLink(deps, context, {
    password: input.password,
    find: (reader) => findRedeemable(reader, digest, now),
    // Stopped at the door, the Owner may use the link from another address, or the operator lifts the list (I5).
    visitorOf: ({ owner }) => ({ user: owner, resourceId: owner.id }),
  });
  if (!chosen.ok) return chosen;
  const { passwordHash, found: asked } = chosen.value;
  const drawn = drawSession(deps, asked.owner, { now, origin });
  const { id: userId, accountId } = asked.owner;
  const actor = { kind: 'user', userId, sessionId: drawn.session.id, keyId: null } as const;
  const scope = { ...context.change, origin: { ...origin, actor }, accountId };
  return deps.change<RedeemedSignInLink, Refusal>(scope, async (change) => {
    const found = await findRedeemable(change.read, digest, now);
    return found.ok ? admit(deps, change, { ...found.value, passwordHash, drawn }) : found;
  });
}

type Redeemable = { readonly link: SignInLink; readonly owner: User; readonly account: Account };

/** The link must be alive, and whom it was made for must still be the Owner: it is no way in for anybody else (U1). */
async function findRedeemable(reader: Reader, digest: string, now: Instant): Promise<Result<Redeemable, Refusal>> {
  const link = await reader.signInLinks.findByDigest(digest);
  if (link === null || link.endedAt !== null || hasExpired(link.endsAt, now)) return refuse(NOT_VALID);
  const owner = await reader.users.find(link.accountId, link.userId);
  const account = await reader.accounts.find(link.accountId);
  if (account === null || owner === null || owner.userType !== 'owner' || owner.disabledAt !== null) {
    return refuse(NOT_VALID);
  }
  return ok({ link, owner, account });
}

const NOT_VALID = { kind: 'sign-in-link-not-valid' } as const;

type Admission = Redeemable & { readonly passwordHash: string; readonly drawn: NewSession };

async function admit(
  deps: SecretDeps,
  change: Change,
  { link, owner, account, passwordHash, drawn }: Admission,
): Outcome<RedeemedSignInLink> {
  const { verdict, refusal } = judgeAtPortal({ account, user: owner }, drawn.session.ipAddress);
  // The list is another one than a moment ago.
  if (refusal !== null) return refuse(refusal);
  const isFirst = await isNew(change.read, owner);
  if ((await change.signInLinks.redeem(link)) === 'already-ended') return refuse(NOT_VALID);
  await change.users.changePassword(owner, passwordHash);
  await endSessionsOf(change, owner.id, null);
  const maker = { createdBy: owner.id, createdByKeyId: null };
  const keys = isFirst
    ? await insertDefaultKeys(deps, change, { account, user: owner, now: change.now, ...maker })
    : [];
  await change.sessions.create(drawn.session);
  if (verdict === 'would_be_refused') change.record(wouldBeDeniedEvent(owner.id));
  return ok({ account, user: owner, keys, ...drawn, bounds: sessionBounds(account.signIn) });
}

/** Never here before: no password was set, and no first sign-on has made keys. */
async function isNew(reader: Reader, owner: User): Promise<boolean> {
  return (await reader.users.passwordHashOf(owner.id)) === null && (await reader.keys.countOf(owner.id)) === 0;
}
