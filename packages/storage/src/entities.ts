import type {
  AccountId,
  AllowlistEntry,
  ActorName,
  DisabledReason,
  ForcedExpiry,
  IdleRule,
  Instant,
  InternalKeyId,
  InvitationFacts,
  InvitationId,
  InvitedType,
  IpAllowlist as AllowlistOf,
  KeyId,
  KeyKind,
  Lifespan,
  MailId,
  PasswordResetId,
  Permission,
  PolicyId,
  RateLimit,
  ResourceCatalogue,
  SessionId,
  SystemExpirationPolicy,
  UserExpirationPolicy,
  UserId,
  UserType,
  WebhookId,
} from '@claviger/core';
import type { SealedRow } from './store-deps.ts';

/** An organisation: everything belongs to exactly one account (T1). */
export type Account = {
  readonly id: AccountId;
  readonly name: string;
  readonly createdAt: Instant;
  /** Which keys a new user gets (K2). */
  readonly defaultKeys: 'both' | 'write_only' | 'none';
  /** Days before expiry from which a key counts as expiring, and its owner is told (R1). */
  readonly reminderDays: number;
  /** Days before expiry of the further reminders, longest first; may be empty (R4). */
  readonly reminderSteps: readonly number[];
  readonly catalogue: ResourceCatalogue;
  readonly expiration: SystemExpirationPolicy;
  /** Whether keys may be used on the management API at all (K14). */
  readonly hasManagementByKeys: boolean;
  readonly signIn: SignInSettings;
  /** What happens to keys that nobody uses; null when there is no such rule (E14). */
  readonly idleRule: IdleRule | null;
  /** Days for which audit events are kept; null is for ever (A6). */
  readonly auditRetentionDays: number | null;
  /** From where users without a list of their own may come; null for anywhere (I1). */
  readonly ipAllowlist: IpAllowlist | null;
};

/** An IP allowlist; one without entries is kept and means nothing (I1). */
export type IpAllowlist = AllowlistOf<AllowlistEntry> & { readonly changedAt: Instant };

/** How the people of an account sign in (U7). */
export type SignInSettings = {
  /** Characters. The shortest password that is taken, 8 to 128. */
  readonly passwordShortest: number;
  /** Who must show a second factor. */
  readonly secondFactor: 'none' | 'administrators' | 'all';
  /** Minutes without a request after which a session is over. */
  readonly sessionIdleMinutes: number;
  /** Hours after its start at which a session is over however busy it is. */
  readonly sessionLongestHours: number;
};

/** A person or a service account (U6). */
export type User = {
  readonly id: UserId;
  readonly accountId: AccountId;
  readonly name: string;
  /** Null for a service account, which cannot sign in. */
  readonly email: string | null;
  readonly userType: UserType;
  readonly isServiceAccount: boolean;
  /** Users who get a service account's reminders (U6). */
  readonly contacts: readonly UserId[];
  readonly createdAt: Instant;
  readonly disabledAt: Instant | null;
  /** The user's own expiration policy; absent kinds follow the account's (E3). */
  readonly expiration: UserExpirationPolicy;
  readonly policyIds: readonly PolicyId[];
  /** Whether keys of theirs that are bound to web origins, and so public by nature, end when somebody reports them (K12). */
  readonly endsReportedKeys: boolean;
  /** From where this user and their keys may come, in place of what the account says; null for as it says (I1). */
  readonly ipAllowlist: IpAllowlist | null;
};

/** An invitation of a person by e-mail (U2). The token of its link is worked out where it is needed; the store has its digest only. */
export type Invitation = InvitationFacts & {
  readonly id: InvitationId;
  readonly accountId: AccountId;
  readonly email: string;
  /** The name that the user gets unless they choose another one. */
  readonly name: string;
  readonly userType: InvitedType;
  /** Who sent the present link. */
  readonly invitedBy: UserId;
  readonly createdAt: Instant;
  /** When the present link was sent. */
  readonly sentAt: Instant;
  /** How often it was sent again. */
  readonly resends: number;
  /** The user that came of it; null until it is accepted. */
  readonly userId: UserId | null;
};

/** A mail that is to be sent. It holds no secret: links are worked out when it is worded. */
export type NewMail = {
  readonly id: MailId;
  /** Null for mails of the installation itself. */
  readonly accountId: AccountId | null;
  /** The address it goes to. */
  readonly recipient: string;
  /** Which text it is, by name; the store does not know what the names mean. */
  readonly template: string;
  /** What the text is worded from, as JSON values. Never a secret (R4, A3). */
  readonly facts: Readonly<Record<string, unknown>>;
  readonly createdAt: Instant;
  /** Not sent before; a reminder waits for others that join it (R6). */
  readonly dueAt: Instant;
};

/** A mail that one sender holds for a while: nobody else sends it before the lease is over (R4). */
export type LeasedMail = NewMail & {
  readonly leaseId: string;
  /** How often it was tried before. */
  readonly attempts: number;
  /** When a mail server first said no to this very mail, or null. */
  readonly firstRefusedAt: Instant | null;
};

/** What became of an attempt. A mail that is given up is settled by a change, with its event (`Change.outbox.giveUp`). */
export type MailSettlement =
  | { readonly kind: 'delivered'; readonly at: Instant; readonly answer: string }
  /** To be tried again. `isRefused`: the server said no to this very mail, which counts towards giving it up. */
  | {
      readonly kind: 'postponed';
      readonly at: Instant;
      readonly dueAt: Instant;
      readonly answer: string;
      readonly isRefused: boolean;
    }
  /** There was nothing left to tell (R7). */
  | { readonly kind: 'dropped'; readonly at: Instant }
  /** It was not tried at all. */
  | { readonly kind: 'returned' };

/** A mail that was tried in vain, waits for too long, or was given up (R7). */
export type UndeliveredMail = Pick<NewMail, 'id' | 'recipient' | 'template' | 'createdAt'> & {
  readonly attempts: number;
  /** What the mail server, or the way to it, answered last; null when it was never tried. */
  readonly lastAnswer: string | null;
  /** When it is tried next; null when it was given up. */
  readonly nextAttemptAt: Instant | null;
  readonly failedAt: Instant | null;
};

/** A key as lists may show it. Its secrets are only in the store, as sealed digests. */
export type Key = {
  readonly id: KeyId;
  readonly accountId: AccountId;
  readonly ownerId: UserId;
  readonly kind: KeyKind;
  readonly name: string;
  readonly hint: string;
  readonly strength: 'full' | 'unknown';
  readonly createdAt: Instant;
  readonly createdBy: ActorName;
  /** The key that made this one over the API, or null (K14). */
  readonly createdByKeyId: KeyId | null;
  /** The lifespan chosen at creation; a rotation never exceeds it (X5). */
  readonly lifespan: Lifespan;
  readonly expiresAt: Instant | null;
  readonly disabledAt: Instant | null;
  /** Why it is disabled: on request, by a promotion until the owner rotates it (U3), or because nobody used it (E14). */
  readonly disabledReason: DisabledReason | null;
  /** When it was last enabled after it had been disabled; null for never. The idle rule counts from it (E14). */
  readonly enabledAt: Instant | null;
  /** When the idle rule last reported it; null for never (E14). */
  readonly idleReportedAt: Instant | null;
  readonly forcedExpiry: ForcedExpiry | null;
  readonly permissions: readonly Permission[] | null;
  readonly allowedIps: readonly string[];
  readonly allowedOrigins: readonly string[];
  readonly rateLimit: RateLimit | null;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly lastUsedAt: Instant | null;
  /** The latest rotation: when, and until when the replaced secret works; null when never rotated. */
  readonly rotation: { readonly rotatedAt: Instant; readonly previousEndsAt: Instant } | null;
};

/** As much of a key as acts on many keys need. */
export type KeyOutline = Pick<Key, 'id' | 'ownerId' | 'kind' | 'name' | 'createdAt' | 'expiresAt' | 'lastUsedAt'> & {
  /** When its present secret was made: at creation, or at the latest rotation. */
  readonly madeAt: Instant;
  /** When it was force-expired, or null. */
  readonly forcedAt: Instant | null;
};

/** As much of a user as acts on many keys need. */
export type UserOutline = Pick<User, 'id' | 'userType' | 'expiration'>;

/** What a command hands over to make a key; the store adds what it derives. */
export type NewKey = Omit<Key, keyof UntouchedKey> & { readonly secret: NewSecret };

/** What happens to a key after it was made: nothing of it has happened to a new one. */
export type UntouchedKey = Pick<
  Key,
  'disabledAt' | 'disabledReason' | 'enabledAt' | 'idleReportedAt' | 'forcedExpiry' | 'lastUsedAt' | 'rotation'
>;

/** A secret's digest, sealed by the caller under the installation's sealing key (K7). */
export type NewSecret = {
  /** SHA-256 of the whole key text, hex. */
  readonly digest: string;
  /** `<sealing key number>:<HMAC hex>`. */
  readonly seal: string;
};

/** A key that somebody is to be told of, with the shortest step that was intended for its owner and expiry (R4). */
export type DueKey = { readonly key: Key; readonly remindedStepDays: number | null };

/** A key in a reminder: what was intended, and the key as it is now. */
export type IntendedKey = { readonly key: Key; readonly stepDays: number; readonly recipientId: UserId };

/** What one mail is to tell one recipient (R4, R6). */
export type ReminderIntents = {
  readonly mailId: MailId;
  readonly accountId: AccountId;
  readonly recipientId: UserId;
  readonly intendedAt: Instant;
  /** When the mail is to leave. */
  readonly leavesAt: Instant;
  readonly keys: readonly { readonly key: Pick<Key, 'id' | 'expiresAt'>; readonly stepDays: number }[];
};

/** A key found by one of its secrets. */
export type FoundSecret = {
  readonly key: Key;
  /** False for a secret that a rotation replaced. */
  readonly isCurrent: boolean;
  /** When a replaced secret ends; null for the current one, which ends with its key. */
  readonly endsAt: Instant | null;
};

/** A rotation, worked out by the command (X5). */
export type KeyRotation = {
  readonly secret: NewSecret;
  readonly hint: string;
  readonly expiresAt: Instant | null;
  /** When the replaced secret ends: now + overlap, never beyond its own expiry. */
  readonly previousEndsAt: Instant;
  /** True when the key was disabled by a promotion and its owner rotates it (U3). */
  readonly isEnabling: boolean;
};

/** The parts of a key that its owner may edit. Absent stays as it is. */
export type KeyEdit = Partial<
  Pick<Key, 'name' | 'metadata' | 'permissions' | 'allowedIps' | 'allowedOrigins' | 'rateLimit'>
>;

/** A named set of permissions (P1). */
export type Policy = {
  readonly id: PolicyId;
  readonly accountId: AccountId;
  readonly name: string;
  readonly description: string | null;
  readonly permissions: readonly Permission[];
  readonly createdAt: Instant;
};

/** A signed-in browser or client. The cookie's text is only with its keeper; here is its digest. */
export type Session = {
  readonly id: SessionId;
  readonly accountId: AccountId;
  readonly userId: UserId;
  readonly digest: string;
  readonly createdAt: Instant;
  readonly lastSeenAt: Instant;
  /** The last time a password or passkey was shown (U8). */
  readonly provenAt: Instant;
  readonly endedAt: Instant | null;
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
};

/** A link with which the operator lets an Owner set a password and sign in, once (T1). Its token is only with its keeper. */
export type SignInLink = {
  readonly digest: string;
  readonly accountId: AccountId;
  readonly userId: UserId;
  readonly createdAt: Instant;
  readonly endsAt: Instant;
  /** When it was used or replaced. */
  readonly endedAt: Instant | null;
};

/** A link with which a user sets a new password, once (U7). Its token is worked out when the mail is worded. */
export type PasswordReset = {
  readonly id: PasswordResetId;
  readonly digest: string;
  readonly accountId: AccountId;
  readonly userId: UserId;
  readonly createdAt: Instant;
  readonly endsAt: Instant;
  /** When it was used or replaced, or another password was set. */
  readonly endedAt: Instant | null;
};

/** A key of the system itself (K11): never in a customer's list, managed by the operator alone. */
export type InternalKey = {
  readonly id: InternalKeyId;
  readonly purpose: 'verify' | 'feed';
  readonly accountIds: readonly AccountId[];
  readonly createdAt: Instant;
  readonly endedAt: Instant | null;
};

/** Where the events of keys are sent (R8). */
export type Webhook = {
  readonly id: WebhookId;
  readonly accountId: AccountId;
  readonly url: string;
  /** Names of events, or patterns such as `key.*`. */
  readonly eventNames: readonly string[];
  readonly description: string | null;
  /** Encrypted; only the holder of the sealing key can sign with it. */
  readonly secret: string;
  /** The secret before the last rotation, which signs too until it ends; null when it was never rotated. */
  readonly previousSecret: { readonly secret: string; readonly endsAt: Instant } | null;
  readonly createdAt: Instant;
  readonly disabledAt: Instant | null;
  /** On request, after too many failures, or because the receiver answered 410. */
  readonly disabledReason: WebhookDisabledReason | null;
  readonly delivery: WebhookDelivery;
};

/** A webhook to make: it is told of what happens from now on. */
export type NewWebhook = Omit<Webhook, 'previousSecret' | 'disabledReason' | 'delivery'>;

export type WebhookDisabledReason = 'request' | 'failures' | 'gone';

/** How far a webhook has come. */
export type WebhookDelivery = {
  /** The version up to which everything was delivered, or was not asked for. */
  readonly position: number;
  /** Failed attempts at the next event. */
  readonly attempts: number;
  /** When the next event may be sent, or tried again. */
  readonly dueAt: Instant;
  /** When the event happened that could not be delivered yet; null when the last attempt was a success. */
  readonly pendingSince: Instant | null;
  readonly lastSuccessAt: Instant | null;
  readonly lastFailure: WebhookFailure | null;
};

/** An attempt that failed: the status of the answer, or null when there was none, and why in one word. */
export type WebhookFailure = { readonly at: Instant; readonly status: number | null; readonly reason: string };

/** What a key becomes with another owner, worked out by the command (U4). */
export type KeyReassignment = {
  readonly ownerId: UserId;
  readonly permissions: readonly Permission[] | null;
  /** True when the key stood still with its old owner, who was disabled: then it is disabled itself from now on (U5). */
  readonly isDisabling: boolean;
  /** Seals a row under the newest sealing key. Only rows whose present seal fits are handed to it. */
  readonly seal: (row: SealedRow) => string;
};
