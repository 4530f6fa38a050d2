import type { EventDraft, Result, Secret } from '@claviger/core';
import { ok, refuse } from '@claviger/core';
import type { Change, User } from '@claviger/storage';
import type { SecondFactorRefusal } from '../refusal.ts';
import { stepOfCode } from '../totp.ts';
import type { CommandDeps } from './deps.ts';
import { recoveryDigest } from './recovery-codes.ts';

/** What somebody shows beside their password, or nothing. */
export type SecondProof =
  | { readonly kind: 'totp'; readonly code: Secret }
  | { readonly kind: 'recovery'; readonly code: Secret }
  | null;

/** What looking at a second proof takes. */
export type SecondProofDeps = Pick<CommandDeps, 'digestOf' | 'sealer'>;

/**
 * Whether a user who has shown their password has shown enough. Who has no second factor has; a code is used up here, inside
 * the change, so that it works once (U7). Ask only after the password proved right: the answer tells that there is a factor.
 */
export async function proveSecondFactor(
  deps: SecondProofDeps,
  change: Change,
  { user, proof }: { readonly user: Pick<User, 'id' | 'accountId'>; readonly proof: SecondProof },
): Promise<Result<null, SecondFactorRefusal>> {
  const factor = await change.read.secondFactors.totpOf(user.id);
  if (factor === null || factor.confirmedAt === null) return ok(null);
  if (proof === null) return refuse({ kind: 'second-factor-required' });
  const isRight =
    proof.kind === 'totp'
      ? await useTotp(deps, change, { user, secret: factor.secret, code: proof.code })
      : (await change.secondFactors.useRecoveryCode(user, recoveryDigest(deps, proof.code))) === 'used';
  return isRight ? ok(null) : refuse({ kind: 'second-factor-wrong' });
}

/** Takes a code of a stored secret, once. */
export async function useTotp(
  deps: Pick<CommandDeps, 'sealer'>,
  change: Change,
  given: { readonly user: Pick<User, 'id' | 'accountId'>; readonly secret: string; readonly code: Secret },
): Promise<boolean> {
  const secret = deps.sealer.decrypt(totpPurpose(given.user), given.secret);
  if (secret === null) throw new Error(`the second factor of ${given.user.id} does not open with the sealing keys`);
  const step = stepOfCode(secret, given.code, change.now);
  return step !== null && (await change.secondFactors.useStep(given.user, step)) === 'used';
}

/** What a stored secret is bound to: moved to another user's row it does not open. */
export function totpPurpose({ id }: Pick<User, 'id'>): string {
  return `totp ${id}`;
}

/** Somebody knew the password and has shown no second factor yet: on record, in case it was not the user (A2). */
export function secondFactorAsked({ id }: Pick<User, 'id'>): EventDraft {
  return {
    name: 'second_factor.required',
    affectedUserId: id,
    resourceId: id,
    keyKind: null,
    changes: [],
    result: 'refused',
  };
}
