import type {
  AccountId,
  EventId,
  InternalKeyId,
  InvitationId,
  KeyId,
  MailId,
  PolicyId,
  SessionId,
  UserId,
  WebhookId,
} from './ids.ts';
import type { KeyTextKind } from './key-text.ts';
import type { Instant } from './time.ts';

/** Who did it (A3). */
export type Actor =
  | {
      readonly kind: 'user';
      readonly userId: UserId;
      readonly sessionId: SessionId | null;
      readonly keyId: KeyId | null;
    }
  | { readonly kind: 'internal_key'; readonly internalKeyId: InternalKeyId }
  | { readonly kind: 'operator' }
  | { readonly kind: 'system'; readonly part: string }
  | { readonly kind: 'unknown' };

/** Where a change comes from: who asked, and over which request. One per request, handed to the store with the change. */
export type Origin = {
  readonly actor: Actor;
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
  readonly httpMethod: string | null;
  /** The path without its query: a query may carry what must not be kept. */
  readonly path: string | null;
  readonly requestId: string | null;
};

/** One attribute before and after, as JSON values. Never a secret or a digest (A3). */
export type AttributeChange = { readonly attribute: string; readonly old: unknown; readonly new: unknown };

/** What an event is about. */
export type ResourceId =
  | KeyId
  | UserId
  | PolicyId
  | AccountId
  | SessionId
  | InternalKeyId
  | InvitationId
  | WebhookId
  | MailId;

/** An event as a change describes it; the store adds id, version, time, origin and hashes. */
export type EventDraft = {
  /** `noun.verb_ed`, for example `key.force_expired`. */
  readonly name: string;
  readonly affectedUserId: UserId | null;
  readonly resourceId: ResourceId | null;
  readonly keyKind: KeyTextKind | null;
  readonly changes: readonly AttributeChange[];
  readonly result: 'success' | 'refused';
};

/** A recorded event (A3). */
export type AuditEvent = EventDraft & {
  readonly id: EventId;
  readonly epoch: number;
  readonly version: number;
  /** Null for events of the installation as a whole. */
  readonly accountId: AccountId | null;
  readonly time: Instant;
  readonly origin: Origin;
};

/**
 * The attributes of `after` that differ from `before`; a missing one reads as null (A3). What goes away must be named in
 * `after` as null: an edit names only what it touches. Never hand in a secret or a digest.
 */
export function changesBetween(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): readonly AttributeChange[] {
  return Object.keys(after)
    .map((attribute) => ({ attribute, old: before[attribute] ?? null, new: after[attribute] ?? null }))
    .filter((change) => JSON.stringify(change.old) !== JSON.stringify(change.new));
}
