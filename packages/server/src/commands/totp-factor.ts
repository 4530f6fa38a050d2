import { ok, refuse, type Result, type Secret } from '@claviger/core';
import type { Change } from '@claviger/storage';
import type { Refusal } from '../refusal.ts';
import { newTotpSecret, totpUrl } from '../totp.ts';
import type { ActingUser } from './acting-user.ts';
import type { CommandContext, CommandDeps } from './deps.ts';
import { requireFreshProof } from './fresh-proof.ts';
import type { CommandOutcome, Outcome } from './outcome.ts';
import { drawRecoveryCodes, type RecoveryCodes } from './recovery-codes.ts';
import { changeAs, readAs } from './run-as.ts';
import { totpPurpose, useTotp } from './second-factor-proof.ts';
import { failedSignIn } from './sign-in.ts';

/** What changing second factors takes. */
export type SecondFactorDeps = Pick<CommandDeps, 'change' | 'randomBytes' | 'digestOf' | 'sealer'>;

/** The secret of a factor that is being set up, for an authenticator app: shown once. */
export type BegunTotp = { readonly secret: Secret; readonly url: Secret };

/** The caller's second factors, without any secret. */
export type ShownFactors = {
  readonly totp: { readonly confirmedAt: NonNullable<ActingUser['now']> } | null;
  readonly recoveryCodesLeft: number;
};

/** Begins to set up one-time passwords; they count for nothing until a code of them is shown (U7, U8). */
export function beginTotp(deps: SecondFactorDeps, context: CommandContext): CommandOutcome<BegunTotp> {
  return changeFresh(deps, context, async ({ user, account }, change) => {
    const factor = await change.read.secondFactors.totpOf(user.id);
    if (factor !== null && factor.confirmedAt !== null) return refuse({ kind: 'second-factor-exists' });
    const secret = newTotpSecret(deps.randomBytes);
    await change.secondFactors.begin(user, deps.sealer.encrypt(totpPurpose(user), secret));
    const of = { issuer: `Claviger (${account.name})`, label: user.email ?? user.name };
    return ok({ secret, url: totpUrl(secret, of) });
  });
}

/** Confirms it with a first code, and hands out recovery codes (U7). A wrong code is an event (A2). */
export async function confirmTotp(
  deps: SecondFactorDeps,
  context: CommandContext,
  code: Secret,
): CommandOutcome<RecoveryCodes> {
  const outcome = await changeFresh<RecoveryCodes | null>(deps, context, async ({ user }, change) => {
    const factor = await change.read.secondFactors.totpOf(user.id);
    if (factor === null) return refuse({ kind: 'second-factor-missing' });
    if (factor.confirmedAt !== null) return refuse({ kind: 'second-factor-exists' });
    if (!(await useTotp(deps, change, { user, secret: factor.secret, code }))) {
      change.record(failedSignIn(user.id));
      return ok(null);
    }
    const drawn = drawRecoveryCodes(deps);
    await change.secondFactors.confirm(user, drawn.digests);
    return ok(drawn);
  });
  if (!outcome.ok) return outcome;
  const { value, ...committed } = outcome.value;
  return value === null ? refuse({ kind: 'second-factor-wrong' }) : ok({ ...committed, value });
}

/** New recovery codes in place of those before (U7). */
export function replaceRecoveryCodes(deps: SecondFactorDeps, context: CommandContext): CommandOutcome<RecoveryCodes> {
  return changeFresh(deps, context, async ({ user }, change) => {
    const factor = await change.read.secondFactors.totpOf(user.id);
    if (factor === null || factor.confirmedAt === null) return refuse({ kind: 'second-factor-missing' });
    const drawn = drawRecoveryCodes(deps);
    await change.secondFactors.replaceRecoveryCodes(user, drawn.digests);
    return ok(drawn);
  });
}

/** Takes the caller's one-time passwords and recovery codes away (U7, U8). */
export function removeTotp(deps: Pick<CommandDeps, 'change'>, context: CommandContext): CommandOutcome<null> {
  return changeFresh(deps, context, async ({ user }, change) => {
    await change.secondFactors.remove(user);
    return ok(null);
  });
}

/** Lists the caller's second factors. */
export function listSecondFactors(deps: Pick<CommandDeps, 'read'>, context: CommandContext): Outcome<ShownFactors> {
  return readAs(deps, context, async ({ user }, reader) => {
    const factor = await reader.secondFactors.totpOf(user.id);
    const recoveryCodesLeft = await reader.secondFactors.recoveryCodesLeft(user.id);
    const confirmedAt = factor?.confirmedAt ?? null;
    return ok({ totp: confirmedAt === null ? null : { confirmedAt }, recoveryCodesLeft });
  });
}

function changeFresh<T>(
  deps: Pick<CommandDeps, 'change'>,
  context: CommandContext,
  work: (acting: ActingUser, change: Change) => Promise<Result<T, Refusal>>,
): CommandOutcome<T> {
  return changeAs(deps, context, async (acting, change) => {
    const fresh = requireFreshProof(acting);
    return fresh.ok ? work(acting, change) : fresh;
  });
}
