import {
  invitationStatus,
  newUserId,
  ok,
  refuse,
  type Instant,
  type Result,
  type Secret,
  sessionBounds,
} from '@claviger/core';
import type { Account, Change, Invitation, Reader, User } from '@claviger/storage';
import type { Refusal } from '../refusal.ts';
import { judgeAtPortal, wouldBeDeniedEvent } from './allowlist-of.ts';
import { choosePasswordByLink } from './chosen-password.ts';
import { insertDefaultKeys } from './default-keys.ts';
import type { AnonymousContext, CommandDeps } from './deps.ts';
import type { SecretDeps } from './new-key.ts';
import { drawSession, type NewSession } from './new-session.ts';
import type { CommandOutcome, Outcome } from './outcome.ts';
import type { KeyWithSecret } from './shown-key.ts';
import type { SignedIn } from './sign-in.ts';

export type AcceptInvitationInput = {
  /** Of the link in the mail. */
  readonly token: Secret;
  readonly password: Secret;
  /** Null takes the name that stands in the invitation. */
  readonly name: string | null;
};

/** The new user, their first keys, and their session. */
export type AcceptedInvitation = SignedIn & { readonly keys: readonly KeyWithSecret[] };

/** What accepting takes. */
export type AcceptInvitationDeps = SecretDeps & Pick<CommandDeps, 'read' | 'change' | 'passwords'>;

/**
 * Accepts an invitation: makes the user with the account's default keys and a session, in one transaction (U2, K2). Whatever
 * is wrong with the link, the answer is the same, also when its address belongs to a user of another account by now (T1).
 */
export async function acceptInvitation(
  deps: AcceptInvitationDeps,
  context: AnonymousContext,
  input: AcceptInvitationInput,
): CommandOutcome<AcceptedInvitation> {
  const digest = deps.digestOf(input.token);
  const { now, origin } = context.change;
  const chosen = await choosePasswordByLink(deps, context, {
    password: input.password,
    find: (reader) => findPending(reader, digest, now),
    // Stopped at the door they stay an invited one; the invitation goes on waiting (I5).
    visitorOf: ({ invitation }) => ({ user: null, resourceId: invitation.id }),
  });
  if (!chosen.ok) return chosen;
  const { passwordHash, found: asked } = chosen.value;
  const user = draft(deps, asked.invitation, { name: input.name, createdAt: now });
  const drawn = drawSession(deps, user, { now, origin });
  const actor = { kind: 'user', userId: user.id, sessionId: drawn.session.id, keyId: null } as const;
  const scope = { ...context.change, origin: { ...origin, actor }, accountId: user.accountId };
  return deps.change<AcceptedInvitation, Refusal>(scope, async (change) => {
    const found = await findPending(change.read, digest, now);
    return found.ok ? admit(deps, change, { ...found.value, user, passwordHash, drawn }) : found;
  });
}

type Pending = { readonly invitation: Invitation; readonly account: Account };
type Newcomer = Pending & { readonly user: User; readonly passwordHash: string; readonly drawn: NewSession };

async function findPending(reader: Reader, digest: string, now: Instant): Promise<Result<Pending, Refusal>> {
  const invitation = await reader.invitations.findByDigest(digest);
  if (invitation === null || invitationStatus(invitation, now) !== 'pending') {
    return refuse({ kind: 'invitation-not-valid' });
  }
  const account = await reader.accounts.find(invitation.accountId);
  return account === null ? refuse({ kind: 'invitation-not-valid' }) : ok({ invitation, account });
}

async function admit(
  deps: SecretDeps,
  change: Change,
  { invitation, account, user, passwordHash, drawn }: Newcomer,
): Outcome<AcceptedInvitation> {
  const { verdict, refusal } = judgeAtPortal({ account, user: null }, drawn.session.ipAddress);
  // The list is another one than a moment ago.
  if (refusal !== null) return refuse(refusal);
  const created = await change.users.create(user, passwordHash);
  if (created === 'email-taken') return refuse({ kind: 'invitation-not-valid' });
  // Keys made at acceptance count as created by their owner: nobody else has seen them (U3).
  const maker = { createdBy: user.id, createdByKeyId: null };
  const keys = await insertDefaultKeys(deps, change, { account, user, now: change.now, ...maker });
  await change.invitations.accept(invitation, user.id);
  await change.sessions.create(drawn.session);
  if (verdict === 'would_be_refused') change.record(wouldBeDeniedEvent(user.id));
  return ok({ user, keys, ...drawn, bounds: sessionBounds(account.signIn) });
}

function draft(
  deps: Pick<CommandDeps, 'randomBytes'>,
  invitation: Invitation,
  { name, createdAt }: { readonly name: string | null; readonly createdAt: Instant },
): User {
  return {
    id: newUserId(deps.randomBytes),
    accountId: invitation.accountId,
    name: name ?? invitation.name,
    email: invitation.email,
    userType: invitation.userType,
    isServiceAccount: false,
    contacts: [],
    createdAt,
    disabledAt: null,
    expiration: {},
    policyIds: [],
    endsReportedKeys: false,
    ipAllowlist: null,
  };
}
