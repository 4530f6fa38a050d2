import { hasExpired, type Instant, ok, refuse, type Result, type Secret } from '@claviger/core';
import type { Account, PasswordReset, Reader, User } from '@claviger/storage';
import type { Refusal } from '../refusal.ts';
import { judgeAtPortal } from './allowlist-of.ts';
import { choosePasswordByLink } from './chosen-password.ts';
import type { AnonymousContext, CommandDeps } from './deps.ts';
import { endSessionsOf } from './end-sessions.ts';
import type { CommandOutcome } from './outcome.ts';

export type RedeemPasswordResetInput = { readonly token: Secret; readonly password: Secret };

/**
 * Sets a new password by a mailed link, once, and ends all sessions of the user (U7). It starts none: a mailbox is one proof,
 * and signing in may ask for a second. Whatever is wrong with the link, the answer is the same.
 */
export async function redeemPasswordReset(
  deps: Pick<CommandDeps, 'read' | 'change' | 'digestOf' | 'passwords'>,
  context: AnonymousContext,
  { token, password }: RedeemPasswordResetInput,
): CommandOutcome<null> {
  const digest = deps.digestOf(token);
  const { now, origin } = context.change;
  const find = (reader: Reader): Promise<Result<Redeemable, Refusal>> => findRedeemable(reader, digest, now);
  const visitorOf = ({ user }: Redeemable) => ({ user, resourceId: user.id });
  const chosen = await choosePasswordByLink(deps, context, { password, find, visitorOf });
  if (!chosen.ok) return chosen;
  const { found, passwordHash } = chosen.value;
  const actor = { kind: 'user', userId: found.user.id, sessionId: null, keyId: null } as const;
  const scope = { ...context.change, origin: { ...origin, actor }, accountId: found.account.id };
  return deps.change<null, Refusal>(scope, async (change) => {
    const current = await find(change.read);
    if (!current.ok) return current;
    const { reset, user, account } = current.value;
    // The list is another one than a moment ago.
    const { refusal } = judgeAtPortal({ account, user }, origin.ipAddress);
    if (refusal !== null) return refuse(refusal);
    if ((await change.passwordResets.redeem(reset)) === 'already-ended') return refuse(NOT_VALID);
    await change.users.changePassword(user, passwordHash);
    await endSessionsOf(change, user.id, null);
    return ok(null);
  });
}

type Redeemable = { readonly reset: PasswordReset; readonly user: User; readonly account: Account };

async function findRedeemable(reader: Reader, digest: string, now: Instant): Promise<Result<Redeemable, Refusal>> {
  const reset = await reader.passwordResets.findByDigest(digest);
  if (reset === null || reset.endedAt !== null || hasExpired(reset.endsAt, now)) return refuse(NOT_VALID);
  const user = await reader.users.find(reset.accountId, reset.userId);
  const account = await reader.accounts.find(reset.accountId);
  if (account === null || user === null || user.disabledAt !== null) return refuse(NOT_VALID);
  return ok({ reset, user, account });
}

const NOT_VALID = { kind: 'password-reset-not-valid' } as const;
