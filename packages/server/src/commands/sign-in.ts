import {
  type Actor,
  type EventDraft,
  ok,
  refuse,
  type Secret,
  type SessionBounds,
  sessionBounds,
  type UserId,
} from '@claviger/core';
import type { Session, User } from '@claviger/storage';
import type { AddressRefusal, CredentialRefusal, SecondFactorRefusal } from '../refusal.ts';
import { judgeAtPortal, stoppedAtDoor, wouldBeDeniedEvent } from './allowlist-of.ts';
import type { AnonymousContext, CommandDeps } from './deps.ts';
import { drawSession, type NewSession } from './new-session.ts';
import type { CommandOutcome } from './outcome.ts';
import { proveSecondFactor, secondFactorAsked, type SecondProof } from './second-factor-proof.ts';

export type SignInInput = {
  readonly email: string;
  readonly password: Secret;
  /** Absent is none. */
  readonly second?: SecondProof;
};

/** A session with its token, shown to its keeper once, as a cookie. */
export type SignedIn = {
  readonly user: User;
  readonly session: Session;
  readonly token: Secret;
  /** The account's bounds on its sessions (U7). */
  readonly bounds: SessionBounds;
};

/** What signing in takes. */
export type SignInDeps = Pick<CommandDeps, 'read' | 'change' | 'randomBytes' | 'digestOf' | 'passwords' | 'sealer'>;

type Candidate = User & { readonly passwordHash: string | null };

/**
 * Signs a user in by e-mail and password (U7). Unknown users, disabled users and wrong passwords cost
 * the same work and get the same refusal; every failure is an event (A2) that holds nothing of what was typed. Whoever has
 * shown who they are is told when it is their address that no list lets in (I5).
 */
export async function signIn(
  deps: SignInDeps,
  context: AnonymousContext,
  input: SignInInput,
): CommandOutcome<SignedIn> {
  const candidate = await deps.read((reader) => reader.users.findByEmail(input.email));
  const isProven = await deps.passwords.matches(input.password, candidate?.passwordHash ?? null);
  const admitted = isProven && candidate !== null ? admission(deps, context, candidate) : null;
  const origin = { ...context.change.origin, actor: admitted?.actor ?? context.change.origin.actor };
  const scope = { ...context.change, origin, accountId: candidate?.accountId ?? null };
  const outcome = await deps.change<Attempted, never>(scope, async (change) => {
    const current = await change.read.users.findByEmail(input.email);
    const account = candidate === null ? null : await change.read.accounts.find(candidate.accountId);
    if (admitted === null || current === null || account === null || !isUnchanged(current, admitted.candidate)) {
      change.record(failedSignIn(candidate?.id ?? null));
      return ok({ refused: { kind: 'sign-in-failed' } });
    }
    const { verdict, refusal } = judgeAtPortal({ account, user: current }, context.change.origin.ipAddress);
    if (refusal !== null) {
      change.record(stoppedAtDoor({ affectedUserId: current.id, resourceId: current.id }));
      return ok({ refused: refusal });
    }
    const second = await proveSecondFactor(deps, change, { user: current, proof: input.second ?? null });
    if (!second.ok) {
      change.record(secondProofRefused(current, second.refusal));
      return ok({ refused: second.refusal });
    }
    if (verdict === 'would_be_refused') change.record(wouldBeDeniedEvent(current.id));
    await change.sessions.create(admitted.session);
    const { passwordHash: _hash, ...user } = current;
    const { session, token } = admitted;
    return ok({ signedIn: { user, session, token, bounds: sessionBounds(account.signIn) } });
  });
  if (!outcome.ok) return outcome;
  const { value, ...committed } = outcome.value;
  return 'refused' in value ? refuse(value.refused) : ok({ ...committed, value: value.signedIn });
}

/** What became of an attempt; a refusal is committed with its event (A2). */
type Attempted =
  | { readonly signedIn: SignedIn }
  | { readonly refused: AddressRefusal | CredentialRefusal | SecondFactorRefusal };

/** A sign-in that failed, or a proof that did (A2). */
export function failedSignIn(userId: UserId | null): EventDraft {
  return {
    name: 'session.failed',
    affectedUserId: userId,
    resourceId: null,
    keyKind: null,
    changes: [],
    result: 'refused',
  };
}

/** What is recorded of a right password without a right code (A2). */
export function secondProofRefused(user: Pick<User, 'id'>, { kind }: SecondFactorRefusal): EventDraft {
  return kind === 'second-factor-required' ? secondFactorAsked(user) : failedSignIn(user.id);
}

type Admission = NewSession & { readonly candidate: Candidate; readonly actor: Actor };

function admission(deps: SignInDeps, context: AnonymousContext, candidate: Candidate): Admission {
  const { now, origin } = context.change;
  const drawn = drawSession(deps, candidate, { now, origin });
  return {
    ...drawn,
    candidate,
    actor: { kind: 'user', userId: candidate.id, sessionId: drawn.session.id, keyId: null },
  };
}

/** Whether the password that was checked is still this user's, and the user still admitted. */
function isUnchanged(current: Candidate, checked: Candidate): boolean {
  return current.id === checked.id && current.passwordHash === checked.passwordHash && current.disabledAt === null;
}
