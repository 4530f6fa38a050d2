import type { InputError } from '@claviger/contract';
import type { Instant, RateLimitState } from '@claviger/core';
import type { Refusal } from '../refusal.ts';
import type { BodyRefusal } from './json-body.ts';

/** Every "no" that can go out over HTTP: those of the commands, and those given before a command is reached. */
export type HttpRefusal = Refusal | RequestRefusal | CallerRefusal | RepetitionRefusal | ServiceRefusal;

/** The request is none that we understand. */
export type RequestRefusal =
  | BodyRefusal
  | { readonly kind: 'bad-request-line' }
  | { readonly kind: 'request-timed-out' }
  | { readonly kind: 'headers-too-large' }
  | { readonly kind: 'bad-target' }
  | { readonly kind: 'unknown-route' }
  /** A path with an id that names nothing we could have: answered like an id that is not there. */
  | { readonly kind: 'malformed-id' }
  | { readonly kind: 'method-not-allowed'; readonly allowed: readonly string[] }
  | { readonly kind: 'body-too-large'; readonly largestBytes: number }
  | { readonly kind: 'unsupported-media-type' }
  | { readonly kind: 'bad-body'; readonly errors: readonly InputError[] }
  | { readonly kind: 'bad-query'; readonly errors: readonly InputError[] }
  | { readonly kind: 'bad-cursor' };

/** The caller is not known, or what they showed is not good for this. */
export type CallerRefusal =
  | { readonly kind: 'no-credential' }
  | { readonly kind: 'ambiguous-credentials' }
  | { readonly kind: 'malformed-credential' }
  | { readonly kind: 'unknown-credential' }
  /** The secret proved right, so its holder may know (E11). */
  | { readonly kind: 'credential-expired'; readonly at: Instant }
  | { readonly kind: 'credential-disabled' }
  | { readonly kind: 'owner-disabled' }
  | { readonly kind: 'address-not-allowed' }
  | { readonly kind: 'origin-not-allowed' }
  | { readonly kind: 'foreign-origin'; readonly publicOrigin: string }
  | { readonly kind: 'rate-limited'; readonly retryAfterMs: number; readonly rateLimit: RateLimitState | null }
  | { readonly kind: 'too-many-attempts'; readonly retryAfterMs: number }
  | { readonly kind: 'set-up-token-wrong' }
  | { readonly kind: 'set-up-token-expired' };

/** An Idempotency-Key that cannot be, was used for something else, or is being used right now. */
export type RepetitionRefusal =
  | { readonly kind: 'malformed-idempotency-key' }
  | { readonly kind: 'idempotency-key-reused' }
  | { readonly kind: 'idempotency-key-in-use' };

/** We cannot, whoever asks. */
export type ServiceRefusal =
  | { readonly kind: 'stale' }
  | { readonly kind: 'unavailable' }
  | { readonly kind: 'not-ready'; readonly reasons: readonly string[] }
  | { readonly kind: 'shutting-down' }
  | { readonly kind: 'fault' };
