import type { Account, IpAllowlist, User } from './entities.ts';

/** An IP allowlist as somebody sets it. */
export type AllowlistRules = Pick<IpAllowlist, 'mode' | 'entries'>;

/** Changing IP allowlists (I1). Reading needs nothing: the lists come along with accounts and users. */
export type IpAllowlistChanges = {
  /** Replaces the account's list; null takes it away. */
  changeOfAccount(account: Account, to: AllowlistRules | null): Promise<void>;
  /** Replaces a user's own list; null takes it away, and the account's holds for them. */
  changeOfUser(user: User, to: AllowlistRules | null): Promise<void>;
};
