/** The tables of how people get in beside their passwords (U7). */
export type WaysInTables = {
  readonly password_resets: PasswordResetsTable;
  readonly totp_factors: TotpFactorsTable;
  readonly recovery_codes: RecoveryCodesTable;
};

/** Links with which users set a new password; once (U7). Only digests of their tokens are kept. */
export type PasswordResetsTable = {
  id: string;
  account_id: string;
  user_id: string;
  digest: string;
  created_at: number;
  ends_at: number;
  /** When it was used or replaced, or another password was set; null while none of these has happened. */
  ended_at: number | null;
};

/** One-time passwords by time as second factors, at most one for a user (U7). */
export type TotpFactorsTable = {
  user_id: string;
  account_id: string;
  /** Encrypted under the sealing key. */
  secret: string;
  created_at: number;
  /** When a first code proved right; null while it is being set up and counts for nothing. */
  confirmed_at: number | null;
  /** The time step of the last code that was taken: none of it or before is taken again. */
  last_step: number | null;
};

/** Codes that stand in for a second factor, once each (U7). Only their digests are kept. */
export type RecoveryCodesTable = {
  user_id: string;
  digest: string;
  account_id: string;
  created_at: number;
  used_at: number | null;
};
