import { ok, refuse, type Result, type Secret, type SessionBounds, sessionBounds } from '@claviger/core';
import type { Change, Session } from '@claviger/storage';
import type { Refusal } from '../refusal.ts';
import type { ActingUser } from './acting-user.ts';
import type { CommandContext, CommandDeps } from './deps.ts';
import type { CommandOutcome } from './outcome.ts';
import { changeAs } from './run-as.ts';
import { proveSecondFactor, type SecondProof } from './second-factor-proof.ts';
import { failedSignIn, secondProofRefused } from './sign-in.ts';

export type ReauthenticateInput = { readonly password: Secret; readonly second?: SecondProof };

/** The session with its new proof, and the bounds on it. */
export type Reauthenticated = { readonly session: Session; readonly bounds: SessionBounds };

/** Takes a new proof, so that sensitive acts are open again for 15 minutes (U8). A wrong password is an event (A2). */
export async function reauthenticate(
  deps: Pick<CommandDeps, 'read' | 'change' | 'passwords' | 'digestOf' | 'sealer'>,
  context: CommandContext,
  input: ReauthenticateInput,
): CommandOutcome<Reauthenticated> {
  if (context.caller.credential.kind !== 'session') return refuse({ kind: 'session-required' });
  const hash = await deps.read((reader) => reader.users.passwordHashOf(context.caller.user.id));
  const isProven = await deps.passwords.matches(input.password, hash);
  const outcome = await changeAs<Reauthenticated | { readonly refused: Refusal }>(
    deps,
    context,
    async (acting, change) => {
      // A password that was changed meanwhile proves nothing any more.
      const isCurrent = hash === (await change.read.users.passwordHashOf(acting.user.id));
      if (!isProven || !isCurrent) {
        change.record(failedSignIn(acting.user.id));
        return ok({ refused: { kind: 'wrong-password' } });
      }
      const second = await proveSecondFactor(deps, change, { user: acting.user, proof: input.second ?? null });
      if (second.ok) return prove(acting, change);
      change.record(secondProofRefused(acting.user, second.refusal));
      return ok({ refused: second.refusal });
    },
  );
  if (!outcome.ok) return outcome;
  const { value, ...committed } = outcome.value;
  return 'refused' in value ? refuse(value.refused) : ok({ ...committed, value });
}

async function prove(acting: ActingUser, change: Change): Promise<Result<Reauthenticated, Refusal>> {
  const { account, credential, now } = acting;
  if (credential.kind !== 'session') return refuse({ kind: 'session-required' });
  const session = await change.read.sessions.find(account.id, credential.sessionId);
  if (session === null) return refuse({ kind: 'credential-ended' });
  await change.sessions.prove(session);
  return ok({ session: { ...session, provenAt: now }, bounds: sessionBounds(account.signIn) });
}
