import type { AccountId, AuditEvent, Instant, WebhookId } from '@claviger/core';
import type { NewWebhook, Webhook, WebhookDisabledReason, WebhookFailure } from './entities.ts';

/** Reading webhooks, and what they are to be told of (R8). */
export type WebhookReader = {
  find(accountId: AccountId, id: WebhookId): Promise<Webhook | null>;
  /** All of an account, newest first: there are few. */
  list(accountId: AccountId): Promise<readonly Webhook[]>;
  /** Webhooks of all accounts whose turn it is, which nobody serves and in whose account something has happened. */
  waiting(now: Instant, most: number): Promise<readonly WaitingWebhook[]>;
  /** The next events after a version that a webhook is to be told of, in order. */
  eventsFor(webhook: Webhook, after: number, most: number): Promise<readonly AuditEvent[]>;
  /** A webhook that is served under this lease and still enabled, or null. */
  findLeased(id: WebhookId, leaseId: string): Promise<Webhook | null>;
};

/** Changing webhooks (R8). */
export type WebhookChanges = {
  create(webhook: NewWebhook): Promise<Webhook>;
  /** Another URL begins anew at once; other names hold for what happens from now on. */
  edit(webhook: Webhook, to: Partial<Pick<Webhook, 'url' | 'eventNames' | 'description'>>): Promise<void>;
  delete(webhook: Webhook): Promise<void>;
  /** The replaced secret signs along until `previousEndsAt`. */
  rotateSecret(webhook: Webhook, to: { readonly secret: string; readonly previousEndsAt: Instant }): Promise<Webhook>;
  disable(webhook: Webhook): Promise<'disabled' | 'already-disabled'>;
  /** After failures it goes on where it stopped; after a request or a 410 with what happens from now on. */
  enable(webhook: Webhook): Promise<'enabled' | 'not-disabled'>;
  /** Records the event that is the test; what waits for a retry is tried at once. */
  test(webhook: Webhook): Promise<void>;
  /** Disables it after a failure, unless the lease was lost or somebody changed it meanwhile. */
  giveUp(webhook: Webhook, why: WebhookGivenUp): Promise<'disabled' | 'lease-lost'>;
};

/** A webhook that may have something to send, and the newest version of its account's log. */
export type WaitingWebhook = { readonly webhook: Webhook; readonly newest: number };

/** Why a webhook is given up, and by whom. */
export type WebhookGivenUp = {
  readonly leaseId: string;
  readonly reason: Exclude<WebhookDisabledReason, 'request'>;
  readonly failure: WebhookFailure;
};

/**
 * Who serves which webhook, and how far it has come (R8). These notes are no changes: they have no version and no event.
 * An expired lease is taken over, so an event may arrive twice, but never not at all.
 */
export type WebhookQueue = {
  /** Takes a webhook; false when somebody else has it, or it is not to be served any more. */
  lease(id: WebhookId, lease: WebhookLease): Promise<boolean>;
  /** Ends every lease: for a process that knows that no other is alive (SQLite). */
  releaseAll(): Promise<void>;
  /** Notes what became of an attempt; false when the lease was lost. */
  settle(id: WebhookId, leaseId: string, outcome: WebhookOutcome): Promise<boolean>;
};
export type WebhookLease = { readonly leaseId: string; readonly now: Instant; readonly until: Instant };

/** What became of an attempt. */
export type WebhookOutcome =
  | {
      readonly kind: 'delivered';
      readonly position: number;
      readonly at: Instant;
      /** How long the lease goes on; null ends it. */
      readonly leasedUntil: Instant | null;
    }
  | {
      readonly kind: 'failed';
      readonly failure: WebhookFailure;
      readonly dueAt: Instant;
      /** When the event happened. */
      readonly pendingSince: Instant;
    }
  /** There was nothing to send up to this version; the lease ends. */
  | { readonly kind: 'nothing-to-send'; readonly position: number };
