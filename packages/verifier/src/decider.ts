import type { AccountId, DecisionCode, Instant, KeyId, KeyKind, Permission, Secret, UserId } from '@claviger/core';

import type { RateLimitHeaders } from './rate-limit-headers.ts';

/** Anything that decides on presented keys: the embedded verifier, or a verify endpoint somewhere else. */
export type Decider = {
  decide(question: DeciderQuestion): Promise<Decision>;
};

/** One presented key and what its caller wants, as a back end asks it. */
export type DeciderQuestion = {
  readonly key: Secret;
  /** Operation and resource (`type:name`), or null to ask only whether the key is good. */
  readonly operation: { readonly name: string; readonly resource: string } | null;
  /** The client's address as text, or null when unknown. */
  readonly ip: string | null;
  /** The browser's `Origin`, or null. */
  readonly origin: string | null;
  /** `<epoch>.<n>`: answer only from a state at least this new (D7); null for any. */
  readonly minVersion: string | null;
};

/** The answer. `key` comes only when the presented secret proved right. */
export type Decision = {
  readonly isAllowed: boolean;
  readonly code: DecisionCode;
  /** `<epoch>.<n>` of the state that decided; null when there was none. */
  readonly version: string | null;
  readonly key: {
    readonly id: KeyId;
    readonly kind: KeyKind;
    /** Null where the verifier knows no names (D1). */
    readonly name: string | null;
    readonly ownerId: UserId;
    readonly expiresAt: Instant | null;
    readonly isExpiring: boolean;
  } | null;
  readonly accountId: AccountId | null;
  readonly permissions: readonly Permission[];
  /** Seconds until a `rate_limited` caller may come again, else null. */
  readonly retryAfterSeconds: number | null;
  /** When the presented secret ended, for `expired` (E11); null otherwise, and when unknown. */
  readonly expiredAt: Instant | null;
  /** What is left of the key's rate limit, in headers to send along (K5); empty for a key without one. */
  readonly rateLimitHeaders: RateLimitHeaders;
};

/** The closed answer: nobody knows, so nobody is let in (D5). */
export const STALE_DECISION: Decision = {
  isAllowed: false,
  code: 'stale',
  version: null,
  key: null,
  accountId: null,
  permissions: [],
  retryAfterSeconds: null,
  expiredAt: null,
  rateLimitHeaders: {},
};
