import type { FeedPosition } from '@claviger/contract';
import type {
  AccountId,
  DecisionCode,
  Instant,
  InternalKeyId,
  IpAddress,
  KeyId,
  KeyKind,
  Permission,
  RateLimitState,
  UserId,
  Version,
} from '@claviger/core';
import type { KeyEnding } from './ended-keys.ts';
import type { Replica } from './replica.ts';
import type { KeyUsage } from './usage-book.ts';

/** Decides on presented keys from memory, without any I/O (D1). Fed by a follower; see `follower.ts`. */
export type Verifier = {
  /** Decides on one presented text. Never throws, never waits; answers `stale` rather than guess (D5). */
  decide(question: LocalQuestion): LocalDecision;
  /** What there is to tell about the key of a decision; `row` is the decision's, and valid until the next change is applied. */
  describe(row: KeyRow, now: Instant): DescribedKey;
  /** The internal key with this text (K11), or null; ended ones are null too. */
  findInternalKey(text: string): FoundInternalKey | null;
  /** The last change applied, or null before the first snapshot. Changes whenever a verdict may change. */
  position(): FeedPosition | null;
  /** True before the first snapshot and while the staleness bound is passed (D5, D14). */
  isStale(): boolean;
  /** Waits until a version is applied, at most `timeoutMs`; false when it is not, or is of another epoch (D7). */
  hasReached(version: Version, timeoutMs: number): Promise<boolean>;
  /** How many keys and tombstones are held, for metrics. */
  size(): { readonly keys: number; readonly tombstones: number };
  /** Calls let through since the start that an IP allowlist in monitor mode would have refused, for metrics (I7). */
  wouldBeDenials(): number;
  /** What each key was used for since the last call (D13); whoever takes it must keep it. */
  drainUsage(): readonly KeyUsage[];
  /** Brings in ends of keys learnt outside the feed (`ended.log`, another verifier): they hold for ever (D3). */
  rememberEnds(ends: Iterable<KnownEnd>): void;
  /** Every end this verifier knows, for whoever restores a backup (D3). */
  knownEnds(): Iterable<KnownEnd>;
};

/** A verifier with the side that its follower feeds. Nobody else calls these. */
export type FedVerifier = Verifier & {
  /** What decides at present, or null before the first snapshot. */
  replica(): Replica | null;
  /** An empty replica to be filled beside the present one. */
  newReplica(position: FeedPosition): Replica;
  /** Decides from another replica from now on; ends seen meanwhile, counts and rate limits go along. */
  adopt(replica: Replica): void;
  /** Says that the present replica has moved on: whoever waits for a version looks again. */
  moved(): void;
  /** Says that at this reading of the monotonic counter the replica was current (D5). */
  confirm(atMs: number): void;
  /** Refuses everything until this version is applied (X1): for a change that is committed but could not be applied. */
  refuseUntil(version: Version): void;
  /** Refuses everything until the next confirmation: the replica turned out to be of another history. */
  doubt(): void;
  /** Reports something that should not happen. */
  alarm(alarm: VerifierAlarm): void;
};

/** The end of a key, as far as a verifier needs to know it. */
export type KnownEnd = { readonly keyId: KeyId; readonly how: KeyEnding };

/** What an operator should hear of. None of it ever carries a key's text. */
export type VerifierAlarm = {
  readonly kind:
    | 'decide_fault'
    | 'bad_record'
    | 'bad_entry'
    | 'feed_reload'
    | 'snapshot_refused'
    | 'source_failed'
    | 'change_not_applied';
  readonly detail: string;
};

/** A row of the key table; -1 when the presented text belongs to no key. */
export type KeyRow = number;

/** One presented key and what its caller wants. */
export type LocalQuestion = {
  /** The presented text. Hot path: a plain string, taken from the request and dropped with it. */
  readonly key: string;
  /** `type:operation`, for example `database:import`; null asks only whether the key is good. */
  readonly typeAndOperation: string | null;
  readonly resourceName: string;
  readonly ip: IpAddress | null;
  readonly origin: string | null;
  /** The accounts the asker is bound to (T1); null on a proxy's loopback route, where every account of this verifier counts. */
  readonly accountIds: ReadonlySet<string> | null;
  /** Decision time (E9). */
  readonly now: Instant;
};

/** The verdict. A key's row comes only when the presented secret proved right. */
export type LocalDecision = {
  readonly code: DecisionCode;
  readonly row: KeyRow;
  /** Milliseconds until a `rate_limited` caller may come again; 0 otherwise. */
  readonly retryAfterMs: number;
  /** When the presented secret ended, for `expired` (E11): its lifespan, its overlap, or its key by force; null when unknown. */
  readonly expiredAt: Instant | null;
  /** What is left of the key's rate limit, when it was asked; null for a key without one (K5). */
  readonly rateLimit: RateLimitState | null;
};

/** What a decision may tell of a key. */
export type DescribedKey = {
  readonly id: KeyId;
  readonly kind: KeyKind;
  readonly ownerId: UserId;
  readonly accountId: AccountId;
  readonly expiresAt: Instant | null;
  /** True within the account's reminder period (E13). */
  readonly isExpiring: boolean;
  readonly isNarrowed: boolean;
  /** Owner's current rights ∩ kind ∩ narrowing (K5). The same list object until it changes, so that what is made of it can be kept. */
  readonly permissions: readonly Permission[];
};

export type FoundInternalKey = {
  readonly id: InternalKeyId;
  readonly purpose: 'verify' | 'feed';
  readonly accountIds: ReadonlySet<string>;
};

/** What a verifier needs of the outside. */
export type VerifierDeps = {
  /** SHA-256 of a text's Latin-1 bytes, as 32 Latin-1 characters. */
  sha256(text: string): string;
  readonly clock: VerifierClock;
  /** The installation's key prefix and its former ones (K6). */
  readonly acceptedPrefixes: readonly string[];
  /** Milliseconds without being confirmed current after which everything is refused (D5). */
  readonly stalenessMs: number;
  /** Told of what an operator should hear of; it must not throw. */
  readonly onAlarm?: (alarm: VerifierAlarm) => void;
};

/** Time for a verifier: decision time to judge keys by, and a counter that never jumps to judge staleness by. */
export type VerifierClock = {
  now(): Instant;
  monotonicMs(): number;
  /** Calls back once after `ms`; returns the canceller. */
  after(ms: number, callback: () => void): () => void;
};
