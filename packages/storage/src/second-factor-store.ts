import type { AccountId, Instant, UserId } from '@claviger/core';

/** One-time passwords by time as a user's second factor (U7). */
export type TotpFactor = {
  /** Encrypted; only the holder of the sealing key can work out codes. */
  readonly secret: string;
  readonly createdAt: Instant;
  /** When a first code proved right; null while it is being set up and counts for nothing. */
  readonly confirmedAt: Instant | null;
};

type Holder = { readonly id: UserId; readonly accountId: AccountId };

/** Reading second factors (U7). */
export type SecondFactorReader = {
  totpOf(userId: UserId): Promise<TotpFactor | null>;
  /** How many recovery codes of a user are not used yet. */
  recoveryCodesLeft(userId: UserId): Promise<number>;
};

/** Changing second factors (U7). */
export type SecondFactorChanges = {
  /** Keeps a secret that counts for nothing until a code of it is shown; one that was begun before is replaced. No event. */
  begin(user: Holder, secret: string): Promise<void>;
  /** From now on the factor counts. `digests` are those of the user's recovery codes. */
  confirm(user: Holder, digests: readonly string[]): Promise<void>;
  /** Takes the code of a time step, once: none of it or before is taken again. No event. */
  useStep(user: Holder, step: number): Promise<'used' | 'used-before'>;
  useRecoveryCode(user: Holder, digest: string): Promise<'used' | 'not-there'>;
  /** The codes before work no more. */
  replaceRecoveryCodes(user: Holder, digests: readonly string[]): Promise<void>;
  /** Takes factor and recovery codes away; one that was only begun goes without an event. */
  remove(user: Holder): Promise<'removed' | 'not-there'>;
};
