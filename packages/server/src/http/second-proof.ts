import { ok, Secret, type Result } from '@claviger/core';
import type { SecondProof } from '../commands/second-factor-proof.ts';
import { type Attempt, takeCodeAttempt } from './attempts.ts';
import type { CallerRefusal, HttpRefusal } from './http-refusal.ts';
import type { Incoming } from './incoming.ts';
import type { Throttles } from './throttles.ts';

type Codes = { readonly totp_code?: string; readonly recovery_code?: string };

/** The code in a body, if there is one. */
export function secondProofIn({ totp_code, recovery_code }: Codes): SecondProof {
  if (totp_code !== undefined) return { kind: 'totp', code: new Secret(totp_code) };
  return recovery_code === undefined ? null : { kind: 'recovery', code: new Secret(recovery_code) };
}

/** Counts a code from wherever it comes; one that is not told to be wrong is given back. */
export function countCode(
  throttles: Pick<Throttles, 'codes'>,
  incoming: Incoming,
  { user, proof }: { readonly user: string; readonly proof: SecondProof },
): Result<Attempt & { settle(outcome: Result<unknown, HttpRefusal>): void }, CallerRefusal> {
  if (proof === null) return ok({ giveBack: () => undefined, settle: () => undefined });
  const attempt = takeCodeAttempt(throttles, incoming, user.toLowerCase());
  if (!attempt.ok) return attempt;
  return ok({
    giveBack: () => attempt.value.giveBack(),
    settle: (outcome) => {
      if (outcome.ok || outcome.refusal.kind !== 'second-factor-wrong') attempt.value.giveBack();
    },
  });
}
