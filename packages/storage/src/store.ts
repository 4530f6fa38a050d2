import type { FeedEntry, FeedPosition, FeedSource } from '@claviger/contract';
import type {
  AccountId,
  DisabledReason,
  EventDraft,
  ForcedExpiry,
  Instant,
  InternalKeyId,
  InvitationId,
  KeyId,
  KeyKind,
  Origin,
  PolicyId,
  ResourceCatalogue,
  Result,
  RetiredOperation,
  SessionId,
  SystemExpirationPolicy,
  UserExpirationPolicy,
  UserId,
  UserType,
  Version,
  AuditEvent,
} from '@claviger/core';
import type {
  Account,
  FoundSecret,
  InternalKey,
  Invitation,
  Key,
  KeyEdit,
  KeyOutline,
  KeyReassignment,
  KeyRotation,
  NewKey,
  NewSecret,
  Policy,
  Session,
  SignInLink,
  User,
  UndeliveredMail,
  UserOutline,
} from './entities.ts';
import type { EventFilter, EventReader } from './event-store.ts';
import type { Outbox, OutboxChanges } from './outbox-store.ts';
import type { WaysInChanges, WaysInReader } from './ways-in-store.ts';
import type { ReminderChanges, ReminderReader } from './reminder-store.ts';
import type { IpAllowlistChanges } from './ip-allowlist-store.ts';
import type { SealedThings, SealingChanges } from './sealing-store.ts';
import type { UsageReader, UsageStore } from './usage-store.ts';
import type { WebhookChanges, WebhookQueue, WebhookReader } from './webhook-store.ts';
import type { IdleKeyChanges, IdleKeyReader } from './idle-key-store.ts';

/**
 * The one place where state is kept. Two engines, one query code. Every change runs in `change()`, which writes the
 * change, its audit events and its feed records in one transaction under consecutive versions, or nothing at all (A1, D2).
 */
export type Store = {
  readonly engine: 'sqlite' | 'postgres';
  /**
   * Reads one consistent state; never changes anything. Keep it short: on SQLite reads wait for each other. Asking the store
   * again from inside a read or a change is refused as a mistake; use the reader that came along.
   */
  read<T>(work: (reader: Reader) => Promise<T>): Promise<T>;
  /**
   * Runs a change. A refusal returned by `work`, or a throw, leaves nothing behind. When `work` records no event,
   * nothing is written and `version` is null: what was asked for was already so. Two things only are written without an
   * event: that a session was used (`sessions.touch`), and the answer kept for a replay. `work` may run twice (A2: when the
   * disk is full), so it must do nothing outside the change.
   */
  change<T, R>(
    context: ChangeContext,
    work: (change: Change) => Promise<Result<T, R>>,
  ): Promise<Result<Committed<T>, R>>;
  readonly feed: FeedSource;
  /** The last version, its hash and the stored floor of decision time (E9). */
  head(): Promise<FeedPosition & { readonly floor: Instant }>;
  /**
   * Ends of keys (forced ends, deletes) after a version, or all, for bringing `ended.log` up to date (D3). A later epoch is
   * after an earlier one, whatever the numbers: a restore may use numbers of the lost epoch again.
   */
  endsAfter(after: Version | null): Promise<readonly KeyEnd[]>;
  /**
   * Keeps when keys were last used, and raises the floor of decision time, without events (D13, E9). Drops idempotency
   * records that are over. Call it every few seconds, also with no uses: on a quiet system nothing else keeps the time.
   */
  flush(notes: Flush): Promise<void>;
  readonly webhookQueue: WebhookQueue;
  readonly outbox: Outbox;
  readonly usage: UsageStore;
  /** The text kept with `keepSealingCheck`, or null: it tells a wrong sealing key at start (K7). */
  sealingCheck(): Promise<string | null>;
  keepSealingCheck(text: string): Promise<void>;
  readonly sealedThings: SealedThings;
  /** True when the database answers (D14). */
  isReachable(): Promise<boolean>;
  close(): Promise<void>;
};

/** Who changes what account, at what time, over which request. */
export type ChangeContext = {
  /** The account whose changes this one waits for; null for the installation as a whole (set-up, internal keys). */
  readonly accountId: AccountId | null;
  readonly origin: Origin;
  /** Decision time: the time of the events. */
  readonly now: Instant;
  /** The time that may enter the floor: held back while a clock jump is unconfirmed (E9). */
  readonly storable: Instant;
  /** Where to keep the answer of this request for replays, in the same transaction; null without an Idempotency-Key. */
  readonly replay: ReplaySlot | null;
};

/** What is kept from time to time, outside any change. */
export type Flush = {
  readonly uses: readonly KeyUse[];
  /** The time that may enter the floor (E9). */
  readonly storable: Instant;
};
/** When a key was last used. */
export type KeyUse = { readonly keyId: KeyId; readonly at: Instant };

/** A committed change. */
export type Committed<T> = {
  readonly value: T;
  /** The last version this change wrote, or null when nothing changed. */
  readonly version: Version | null;
  /** What it wrote, in order, as the feed will carry it. */
  readonly entries: readonly FeedEntry[];
  /** The keys it ended for good: to be kept in `ended.log` before the answer (D3). */
  readonly ends: readonly KeyEnd[];
};

/** A key that was ended for good, and how. */
export type KeyEnd = {
  readonly accountId: AccountId;
  readonly keyId: KeyId;
  readonly how: 'force_expired' | 'deleted';
  readonly at: Instant;
  readonly version: Version;
};

/**
 * The record of one idempotent request. Key and body are kept as HMACs only. Look with `findReplay` before the change. When
 * two requests under one key have both found nothing, the one that commits later is rolled back with the fault
 * `replay-taken`, and finds the other's answer when it looks again.
 */
export type ReplaySlot = {
  readonly credentialId: string;
  readonly route: string;
  readonly keyMac: string;
  readonly bodyMac: string;
  readonly expiresAt: Instant;
  /** The answer to keep, without any secret. */
  answerOf(value: unknown, version: Version | null): StoredAnswer;
};
export type StoredAnswer = { readonly status: number; readonly body: string; readonly version: string | null };

/** An earlier request under the same idempotency key. */
export type Replay = { readonly bodyMac: string; readonly answer: StoredAnswer };

/** A page of a list, newest first. */
export type Page<T> = { readonly items: readonly T[]; readonly nextCursor: string | null };
/** Where a page starts (an opaque text from `nextCursor`, or null) and how long it is. */
export type PageRequest = { readonly cursor: string | null; readonly limit: number };

/** Which keys a list shows. Absent filters do not filter. */
export type KeyFilter = {
  readonly accountId: AccountId;
  /** Owners whose keys the caller may see; null is all of the account. */
  readonly ownerIds: readonly UserId[] | null;
  readonly kind?: KeyKind;
  /** Derived at `now`, with the account's reminder period. */
  readonly status?: 'active' | 'expiring' | 'disabled' | 'expired';
  readonly expiresBefore?: Instant;
  /** Not used since this instant (never used counts from its creation). */
  readonly unusedSince?: Instant;
  /** Part of the name, hint or id, in any case. */
  readonly text?: string;
  readonly now: Instant;
  readonly reminderDays: number;
};

/** Which keys an act on many keys looks at. Absent filters do not filter. */
export type OutlineFilter = {
  readonly accountId: AccountId;
  /** Only keys of these owners; null is all of the account. */
  readonly ownerIds: readonly UserId[] | null;
  readonly kind?: KeyKind;
  /** Only keys created at or before this instant. */
  readonly createdUpTo: Instant;
  /** Only keys that never expire or expire after this instant. */
  readonly endingAfter: Instant;
  /** Of force-expired keys only those that were ended at or after this instant. */
  readonly forcedSince: Instant;
  /** Not used since this instant (never used counts from its creation). */
  readonly unusedSince?: Instant;
};

/** Which coming ends are counted. */
export type ExpiryFilter = {
  readonly accountId: AccountId;
  /** Only keys of these owners; null is all of the account. */
  readonly ownerIds: readonly UserId[] | null;
  readonly kind?: KeyKind;
  /** Only keys that end after this instant, or never. */
  readonly now: Instant;
  /** The beginning of a UTC day; ends from then on are counted together, under that day. */
  readonly before: Instant;
  /** A key that was used since counts as in use. */
  readonly usedSince: Instant;
};

/** How many living keys of a kind end on a UTC day, counted from 1970-01-01; the day is null for those that never end. */
export type ExpiryCount = {
  readonly day: number | null;
  readonly kind: KeyKind;
  readonly keys: number;
  readonly inUse: number;
};

/** The end that a key gets in place of a later one. */
export type ExpiryChange = { readonly keyId: KeyId; readonly expiresAt: Instant };

/** Reading. Everything that belongs to an account is found through it: another account's thing is null, like an absent one. */
export type Reader = WaysInReader & {
  readonly accounts: {
    find(id: AccountId): Promise<Account | null>;
    /** True once set-up has made the first account (T2). */
    exist(): Promise<boolean>;
    /** All accounts of the installation, newest first: for the operator alone (T1). */
    list(page: PageRequest): Promise<Page<Account>>;
  };
  readonly catalogues: {
    /** Operations that were once taken out of the account's catalogue; one that came back may still be among them (P3). */
    retired(accountId: AccountId): Promise<readonly RetiredOperation[]>;
    /** Up to so many policies that name one of these operations (`type:operation`). */
    policiesUsing(accountId: AccountId, operations: readonly string[], limit: number): Promise<readonly PolicyId[]>;
    /** Up to so many keys that are narrowed to one of these operations and not dead at an instant. */
    keysUsing(
      use: { readonly accountId: AccountId; readonly operations: readonly string[]; readonly livingAt: Instant },
      limit: number,
    ): Promise<readonly KeyId[]>;
  };
  readonly users: {
    find(accountId: AccountId, id: UserId): Promise<User | null>;
    /** By e-mail, whatever its case; an address belongs to one user of the installation (T1). */
    findByEmail(email: string): Promise<(User & { readonly passwordHash: string | null }) | null>;
    /** The stored password hash, or null for who cannot sign in. */
    passwordHashOf(id: UserId): Promise<string | null>;
    list(accountId: AccountId, only: readonly UserId[] | null, page: PageRequest): Promise<Page<User>>;
    /** The ids of all restricted users: those whose keys an administrator may manage, beside their own (U3). */
    restrictedIds(accountId: AccountId): Promise<readonly UserId[]>;
    /** All service accounts that are not disabled, with who gets their reminders (U6). */
    serviceAccounts(accountId: AccountId): Promise<readonly Pick<User, 'id' | 'contacts'>[]>;
    /** The Owner and the administrators of an account, but for disabled ones. */
    administrativeOf(accountId: AccountId): Promise<readonly User[]>;
    /** The one Owner of an account (U1); null for an account that is not there. */
    ownerOf(accountId: AccountId): Promise<User | null>;
    /** All users of the account, in outline. */
    outlines(accountId: AccountId): Promise<readonly UserOutline[]>;
    /** The service accounts that have a user among their contacts (U6). */
    withContact(accountId: AccountId, id: UserId): Promise<readonly User[]>;
  };
  readonly keys: {
    find(accountId: AccountId, id: KeyId): Promise<Key | null>;
    list(filter: KeyFilter, page: PageRequest): Promise<Page<Key>>;
    /** Keys of an owner that are not deleted (K3). */
    countOf(ownerId: UserId): Promise<number>;
    /** The key that has or had the secret of this digest, of whatever account; null too when its seal does not fit (K7, K12). */
    findByDigest(digest: string): Promise<FoundSecret | null>;
    /** Those of the digests that a key of whatever account has or ever had, deleted and internal ones too (K10, K13). */
    takenDigests(digests: readonly string[]): Promise<ReadonlySet<string>>;
    /** Counts living keys by the day of their end; days without any are left out. */
    countExpiries(filter: ExpiryFilter): Promise<readonly ExpiryCount[]>;
    /** All keys that a filter lets through, in outline, oldest first: for acts on many keys (E6, X6). */
    outlines(filter: OutlineFilter): Promise<readonly KeyOutline[]>;
    /** Keys that a key made, directly or through others (K14). */
    descendants(accountId: AccountId, id: KeyId): Promise<readonly Key[]>;
  };
  readonly invitations: {
    find(accountId: AccountId, id: InvitationId): Promise<Invitation | null>;
    /** By the digest of its present link's token, of whatever account. */
    findByDigest(digest: string): Promise<Invitation | null>;
    /** Those of an address, whatever its case, that were neither accepted nor withdrawn; some may be expired. */
    unanswered(accountId: AccountId, email: string): Promise<readonly Invitation[]>;
    list(accountId: AccountId, page: PageRequest): Promise<Page<Invitation>>;
  };
  readonly idleKeys: IdleKeyReader;
  readonly usage: UsageReader;
  readonly policies: {
    find(accountId: AccountId, id: PolicyId): Promise<Policy | null>;
    list(accountId: AccountId, only: readonly PolicyId[] | null, page: PageRequest): Promise<Page<Policy>>;
    of(user: Pick<User, 'policyIds' | 'accountId'>): Promise<readonly Policy[]>;
    usersOf(accountId: AccountId, id: PolicyId): Promise<readonly UserId[]>;
  };
  readonly sessions: {
    findByDigest(digest: string): Promise<Session | null>;
    find(accountId: AccountId, id: SessionId): Promise<Session | null>;
    /** Sessions that are not ended, newest first. */
    listOf(userId: UserId): Promise<readonly Session[]>;
  };
  readonly signInLinks: { findByDigest(digest: string): Promise<SignInLink | null> };
  readonly internalKeys: { list(): Promise<readonly InternalKey[]> };
  readonly webhooks: WebhookReader;
  readonly events: EventReader & { list(filter: EventFilter, page: PageRequest): Promise<Page<AuditEvent>> };
  readonly reminders: ReminderReader;
  readonly outbox: {
    /** Mails that were given up, tried in vain, or are due since before `overdueSince`, newest first (R7). */
    listUndelivered(accountId: AccountId, overdueSince: Instant, page: PageRequest): Promise<Page<UndeliveredMail>>;
    /** Whether a mail of this template was queued for the account at `since` or later, whatever became of it. */
    hasQueued(accountId: AccountId, template: string, since: Instant): Promise<boolean>;
  };
  /** An unexpired record under this idempotency key. */
  findReplay(slot: Pick<ReplaySlot, 'credentialId' | 'route' | 'keyMac'>, now: Instant): Promise<Replay | null>;
};

/**
 * Changing. Methods are named for what happens, are atomic, record their own events and say what happened.
 * They keep no rules of rights or policy: the command has decided those, inside the same transaction, on `read`.
 */
export type Change = WaysInChanges & {
  readonly read: Reader;
  readonly now: Instant;
  readonly accounts: {
    create(account: Account): Promise<void>;
    changeExpirationPolicy(account: Account, to: SystemExpirationPolicy): Promise<void>;
    changeReminders(account: Account, to: Pick<Account, 'reminderDays' | 'reminderSteps'>): Promise<void>;
    changeSettings(account: Account, to: AccountSettings): Promise<void>;
    /** Replaces the catalogue and remembers the operations that it takes away (P3). */
    changeCatalogue(account: Account, to: ResourceCatalogue): Promise<void>;
  };
  readonly users: {
    /** `email-taken` when the address belongs to a user of any account of the installation. */
    create(user: User, passwordHash: string | null): Promise<'created' | 'email-taken'>;
    edit(user: User, to: Partial<Pick<User, 'name' | 'contacts' | 'endsReportedKeys'>>): Promise<void>;
    changeType(user: User, to: UserType): Promise<void>;
    disable(user: User): Promise<'disabled' | 'already-disabled'>;
    enable(user: User): Promise<'enabled' | 'not-disabled'>;
    /** Keeps the hash of a new password and ends the user's resets; its event tells nothing of the password (A3, U7). */
    changePassword(user: User, passwordHash: string): Promise<void>;
    /** Replaces the user's own policy; an empty object clears it. */
    changeExpirationPolicy(user: User, to: UserExpirationPolicy): Promise<void>;
    /**
     * Ends their sessions, detaches their policies and takes them from the contacts of service accounts, with an event each,
     * then deletes them; the address is free again. Their keys must be deleted or reassigned by then (U4).
     */
    delete(user: User): Promise<void>;
  };
  readonly keys: {
    /** `id-used` when the id was ever used before (K10): the command draws another one. */
    create(key: NewKey): Promise<'created' | 'id-used'>;
    /** As `create`, of a text that somebody else chose (K13); `digest-taken` when it is or was the text of a key. */
    createImported(key: NewKey): Promise<'imported' | 'id-used' | 'digest-taken'>;
    forceExpire(key: Key, end: ForcedExpiry): Promise<'force-expired' | 'already-expired'>;
    /** Ends keys of an account for good, by the hundred thousand; says which were not force-expired before (X6). */
    forceExpireMany(
      keys: { readonly accountId: AccountId; readonly ids: readonly KeyId[] },
      end: ForcedExpiry,
    ): Promise<readonly KeyId[]>;
    /** Moves the ends of keys earlier, by the hundred thousand; an end that would move later is a fault (E4, E6). */
    shortenExpiries(account: { readonly accountId: AccountId }, to: readonly ExpiryChange[]): Promise<void>;
    delete(key: Key): Promise<void>;
    /** `promotion` also takes over a key that is disabled on request: from then on only its owner's rotation enables it (U3). */
    disable(key: Key, reason: DisabledReason): Promise<'disabled' | 'already-disabled'>;
    enable(key: Key): Promise<'enabled' | 'not-disabled'>;
    edit(key: Key, to: KeyEdit): Promise<void>;
    rotate(key: Key, to: KeyRotation): Promise<Key>;
    /** Ends the overlap now; `no-overlap` when none is running. */
    finishRotation(key: Key): Promise<'finished' | 'no-overlap'>;
    /** Gives the key to another user; every secret is sealed anew, since the seal covers the owner (U4, K7). */
    reassign(key: Key, to: KeyReassignment): Promise<void>;
  };
  readonly invitations: {
    /** `digest` is that of the token in its link. */
    create(
      invitation: Omit<Invitation, 'inviter' | 'acceptedAt' | 'userId' | 'withdrawnAt'>,
      digest: string,
    ): Promise<void>;
    /** A new link takes the place of the old one, which works no more; whoever sends it is the inviter from then on. */
    resend(
      invitation: Invitation,
      to: Pick<Invitation, 'invitedBy' | 'expiresAt'> & { readonly digest: string },
    ): Promise<void>;
    withdraw(invitation: Invitation): Promise<void>;
    accept(invitation: Invitation, userId: UserId): Promise<void>;
  };
  readonly idleKeys: IdleKeyChanges;
  readonly policies: {
    create(policy: Policy): Promise<void>;
    edit(policy: Policy, to: Partial<Pick<Policy, 'name' | 'description' | 'permissions'>>): Promise<void>;
    /** Detaches it everywhere, with an event each, then deletes it. */
    delete(policy: Policy): Promise<void>;
    attach(policy: Policy, user: User): Promise<'attached' | 'already-attached'>;
    detach(policy: Policy, user: User): Promise<'detached' | 'not-attached'>;
  };
  readonly sessions: {
    create(session: Session): Promise<void>;
    end(session: Session): Promise<'ended' | 'already-ended'>;
    /** A new proof (password, passkey): the session counts as fresh again (U8). */
    prove(session: Session): Promise<void>;
    /** Notes that the session was used; writes at most once a minute, without an event. */
    touch(session: Session): Promise<void>;
  };
  readonly signInLinks: {
    /** Makes a link and ends those that the user had before: only the newest works. */
    create(link: SignInLink): Promise<void>;
    redeem(link: SignInLink): Promise<'redeemed' | 'already-ended'>;
  };
  readonly internalKeys: {
    create(key: InternalKey, secret: NewSecret): Promise<void>;
    /** Lets an internal key answer for one more account (T1). */
    bind(id: InternalKeyId, accountId: AccountId): Promise<void>;
    end(id: InternalKeyId): Promise<'ended' | 'already-ended'>;
  };
  readonly ipAllowlists: IpAllowlistChanges;
  readonly sealing: SealingChanges;
  readonly webhooks: WebhookChanges;
  readonly outbox: OutboxChanges;
  readonly reminders: ReminderChanges;
  /** Records what changed no row of ours but is to be remembered: a refused call, a failed sign-in, a download (A2). */
  record(draft: EventDraft): void;
};

/** Settings of an account that can be changed together; absent ones stay as they are. */
export type AccountSettings = Partial<
  Pick<Account, 'name' | 'defaultKeys' | 'hasManagementByKeys' | 'signIn' | 'idleRule' | 'auditRetentionDays'>
>;
