import type { PasswordResetChanges, PasswordResetReader } from './password-reset-store.ts';
import type { SecondFactorChanges, SecondFactorReader } from './second-factor-store.ts';

/** Reading how people get in beside their passwords (U7). */
export type WaysInReader = { readonly passwordResets: PasswordResetReader; readonly secondFactors: SecondFactorReader };

/** Changing it. */
export type WaysInChanges = {
  readonly passwordResets: PasswordResetChanges;
  readonly secondFactors: SecondFactorChanges;
};
