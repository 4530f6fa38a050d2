import type { AccountId, PasswordResetId } from '@claviger/core';
import type { PasswordReset } from './entities.ts';

/** Reading password resets (U7). */
export type PasswordResetReader = {
  find(accountId: AccountId, id: PasswordResetId): Promise<PasswordReset | null>;
  findByDigest(digest: string): Promise<PasswordReset | null>;
};

/** Changing password resets (U7). A new password ends them too. */
export type PasswordResetChanges = {
  /** Makes a reset and ends those that the user had before: only the newest works. */
  create(reset: PasswordReset): Promise<void>;
  redeem(reset: PasswordReset): Promise<'redeemed' | 'already-ended'>;
};
