import type { AccountId, AuditEvent, ChainLink, EventColumns, Instant, KeyId, UserId } from '@claviger/core';

/** Which events a list shows (A5). */
export type EventFilter = {
  readonly accountId: AccountId;
  /** Only events about this user and their keys, or null for all. */
  readonly visibleTo: UserId | null;
  readonly eventName?: string;
  readonly actorId?: string;
  readonly resourceId?: string;
  readonly keyId?: KeyId;
  readonly result?: 'success' | 'refused';
  /** From this instant on. */
  readonly from?: Instant;
  /** Before this instant. */
  readonly to?: Instant;
};

/** A part of the log: versions after one and up to another, and how many of them at most. */
export type Stretch = { readonly after: number; readonly upTo: number; readonly limit: number };

/** An event with the very texts that its digest covers, and its link (A4). */
export type StoredEvent = { readonly event: AuditEvent; readonly columns: EventColumns; readonly link: ChainLink };

/** The link of one version. */
export type NumberedLink = ChainLink & { readonly version: number };

/** Reading the audit log in its own order; lists of it are newest first (A5). */
export type EventReader = {
  /** The events of a stretch that a filter lets through, oldest first, with what proves them (A4, A5). */
  inOrder(filter: EventFilter, stretch: Stretch): Promise<readonly StoredEvent[]>;
  /** The bare links of all events of a stretch, of whatever account, oldest first: they tell of nobody's doings (A4). */
  links(stretch: Stretch): Promise<readonly NumberedLink[]>;
};
