import { type EventDraft, ok, passwordRefusal, refuse, type Result, type Secret } from '@claviger/core';
import type { Account, Reader, User } from '@claviger/storage';
import type { AddressRefusal, Refusal } from '../refusal.ts';
import { judgeAtPortal, stoppedAtDoor } from './allowlist-of.ts';
import type { AnonymousContext, CommandDeps } from './deps.ts';
import type { Outcome } from './outcome.ts';

/** What a link leads to, and the hash of the password that was chosen with it. */
export type ChosenByLink<Found> = { readonly found: Found; readonly passwordHash: string };

/** A link that somebody used, with the password they chose. */
export type UsedLink<Found> = {
  readonly password: Secret;
  find(reader: Reader): Promise<Result<Found, Refusal>>;
  /** Who comes by it, null for nobody yet, and what the event of a refusal is about. */
  visitorOf(found: Found): { readonly user: User | null; readonly resourceId: EventDraft['resourceId'] };
};

/**
 * Looks at a link and at where it is used from (I5), and hashes the password that was chosen with it. The link is asked for
 * before the slow hash, so that a guess costs nothing; ask again inside the change, where it decides.
 */
export async function choosePasswordByLink<Found extends { readonly account: Account }>(
  deps: Pick<CommandDeps, 'read' | 'change' | 'passwords'>,
  context: AnonymousContext,
  link: UsedLink<Found>,
): Outcome<ChosenByLink<Found>> {
  const asked = await deps.read((reader) => link.find(reader));
  if (!asked.ok) return asked;
  const { account } = asked.value;
  const stopped = await refuseAtDoor(deps, context, { account, ...link.visitorOf(asked.value) });
  if (stopped !== null) return refuse(stopped);
  const hashed = await hashChosen(deps, link.password, account);
  return hashed.ok ? ok({ found: asked.value, passwordHash: hashed.value }) : hashed;
}

/** Whoever comes from where the account lets nobody in is told so, and the link goes on working (I5, A2). */
async function refuseAtDoor(
  deps: Pick<CommandDeps, 'change'>,
  { change: context }: AnonymousContext,
  { account, user, resourceId }: ReturnType<UsedLink<unknown>['visitorOf']> & { readonly account: Account },
): Promise<AddressRefusal | null> {
  const { refusal } = judgeAtPortal({ account, user }, context.origin.ipAddress);
  if (refusal === null) return null;
  await deps.change<null, never>({ ...context, replay: null, accountId: account.id }, async (change) => {
    change.record(stoppedAtDoor({ affectedUserId: user?.id ?? null, resourceId }));
    return ok(null);
  });
  return refusal;
}

/** Hashes a password that somebody chose, unless it is shorter than the account asks (U7). */
export async function hashChosen(
  { passwords }: Pick<CommandDeps, 'passwords'>,
  password: Secret,
  { signIn }: Pick<Account, 'signIn'>,
): Outcome<string> {
  const refusal = passwordRefusal(password, signIn.passwordShortest);
  return refusal === null ? ok(await passwords.hash(password)) : refuse(refusal);
}
