import type { AccountId, Checkpoint, IpRange, KeyId, RandomBytes, Secret, SessionId, Instant } from '@claviger/core';
import type { Sealer } from '../sealing.ts';
import type { LogSigner } from '../store-deps.ts';
import type { ChangeContext, SealedRow, Store, User } from '@claviger/storage';

/** What commands are given. `change` is the authority's: what it committed is in force locally before it resolves (X1). */
export type CommandDeps = {
  readonly read: Store['read'];
  readonly change: Store['change'];
  readonly randomBytes: RandomBytes;
  /** SHA-256 of a text, hex: the digest of key texts and session tokens. */
  readonly digestOf: (text: Secret) => string;
  /** Seals a row under the newest sealing key (K7). */
  seal(row: SealedRow): string;
  /** Secrets that must be had again, and links that are worked out and never stored. */
  readonly sealer: Pick<Sealer, 'mac' | 'linkToken' | 'linkTokens' | 'encrypt' | 'decrypt'>;
  /** Signs downloads of the log (A4). */
  readonly signer: LogSigner;
  /** The checkpoints that this node has taken, oldest first (A4). */
  checkpoints(): readonly Checkpoint[];
  readonly passwords: Passwords;
  /** The prefix of new keys, and all that are accepted (K6). */
  readonly keyPrefix: string;
  readonly acceptedPrefixes: readonly string[];
  /** K3. */
  readonly keysPerUserMost: number;
  /** Addresses beside the public Internet that webhooks may be sent to (Q33). */
  readonly outboundAllow: readonly IpRange[];
};

/** Password hashing; slow on purpose. */
export type Passwords = {
  hash(password: Secret): Promise<string>;
  /** Whether it fits; `null` stands for an unknown user and costs the same time (U7). */
  matches(password: Secret, hash: string | null): Promise<boolean>;
};

/** Who asks, as authenticated. Commands read the user again inside their transaction (see `acting-user.ts`). */
export type Caller = {
  readonly accountId: AccountId;
  readonly user: User;
  readonly credential:
    | { readonly kind: 'session'; readonly sessionId: SessionId; readonly provenAt: Instant }
    | {
        readonly kind: 'key';
        readonly keyId: KeyId;
        readonly isNarrowed: boolean;
        /** `digestOf` the presented text: the transaction looks again whether that very secret still works. */
        readonly digest: string;
      };
};

/** One request by a known caller. */
export type CommandContext = {
  readonly caller: Caller;
  readonly change: Omit<ChangeContext, 'accountId'>;
};

/** One request by somebody we do not know (yet): set-up, sign-in, self-revoke. */
export type AnonymousContext = { readonly change: Omit<ChangeContext, 'accountId'> };
