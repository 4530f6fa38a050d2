import { type EventDraft, newPasswordResetId, ok, PASSWORD_RESET_MS, plusMs } from '@claviger/core';
import type { Change, User } from '@claviger/storage';
import type { AnonymousContext, CommandDeps } from './deps.ts';
import type { CommandOutcome } from './outcome.ts';
import { passwordResetToken } from './password-reset-link.ts';
import { queueMail } from './queue-mail.ts';

export type RequestPasswordResetInput = { readonly email: string };

/** What asking for a reset takes. */
export type RequestPasswordResetDeps = Pick<CommandDeps, 'read' | 'change' | 'randomBytes' | 'digestOf' | 'sealer'>;

/**
 * Mails a link to whoever has this address and signs in by password, and answers alike when nobody does (U7, T1). Either way
 * one event is written, so that not even the version tells. Somebody who never chose a password (an Owner whom the operator
 * made) has no way in but the link that was made for them: the default keys come with it (K2).
 */
export async function requestPasswordReset(
  deps: RequestPasswordResetDeps,
  context: AnonymousContext,
  { email }: RequestPasswordResetInput,
): CommandOutcome<null> {
  const asked = await deps.read((reader) => reader.users.findByEmail(email));
  const scope = { ...context.change, accountId: asked?.accountId ?? null };
  return deps.change<null, never>(scope, async (change) => {
    const found = await change.read.users.findByEmail(email);
    const isThere = found !== null && found.accountId === scope.accountId;
    if (isThere && found.passwordHash !== null && found.disabledAt === null) await sendReset(deps, change, found);
    else change.record(nothingSent(isThere ? found : null));
    return ok(null);
  });
}

async function sendReset(deps: RequestPasswordResetDeps, change: Change, user: User): Promise<void> {
  const { id: userId, accountId, email } = user;
  if (email === null) throw new Error(`${userId} was found by an address that they do not have`);
  const id = newPasswordResetId(deps.randomBytes);
  const digest = deps.digestOf(passwordResetToken(deps, id));
  const { now } = change;
  const endsAt = plusMs(now, PASSWORD_RESET_MS);
  await change.passwordResets.create({ id, digest, accountId, userId, createdAt: now, endsAt, endedAt: null });
  const message = { template: 'password_reset', facts: { resetId: id } } as const;
  await queueMail(deps, change, { accountId, recipient: email, message });
}

/** Holds nothing of what was typed: people type passwords into the wrong field. */
function nothingSent(user: User | null): EventDraft {
  return {
    name: 'password_reset.requested',
    affectedUserId: user?.id ?? null,
    resourceId: user?.id ?? null,
    keyKind: null,
    changes: [],
    result: 'refused',
  };
}
