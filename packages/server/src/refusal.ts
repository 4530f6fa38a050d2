import type {
  AllowlistLevel,
  CatalogueMistake,
  Instant,
  InvitationId,
  KeyId,
  LifespanTooLong,
  PasswordRefusal,
  Permission,
  PolicyId,
  SessionId,
  UserId,
  UserType,
  WebhookId,
} from '@claviger/core';
import type { UrlMistake } from './outbound/outbound-url.ts';

/**
 * Every "no" that a command can give, with its facts (T3). `http/problems.ts` is the one switch from here to the wire:
 * a new member stops the build there. `pointer` is the JSON pointer of the field that was refused.
 */
export type Refusal =
  | CredentialRefusal
  | AddressRefusal
  | LockoutRefusal
  | NotAllowed
  | NotFound
  | FieldRefusal
  | LifespanTooLong
  | UserPolicyTooLong
  | KeyStateRefusal
  | LimitRefusal
  | CatalogueRefusal
  | ImportRefusal
  | InvitationRefusal
  | PasswordRefusal
  | PreviewRefusal
  | SecondFactorRefusal
  | WebhookRefusal
  | { readonly kind: 'set-up-done' }
  | { readonly kind: 'email-taken' };

/** The credential is not, or no longer, good enough for what was asked. */
export type CredentialRefusal =
  /** It ended, or its user was disabled, between the request's arrival and its transaction: 401, as if it had ended before. */
  | { readonly kind: 'credential-ended' }
  | { readonly kind: 'sign-in-failed' }
  /** Unknown, used, replaced or too old: which of them, the link's finder is not told (T1). */
  | { readonly kind: 'sign-in-link-not-valid' }
  /** Unknown, used, replaced or too old: which of them, the link's finder is not told (T1). */
  | { readonly kind: 'password-reset-not-valid' }
  | { readonly kind: 'wrong-password' }
  /** K14: a narrowed key reads `GET /v1/me` and nothing else. */
  | { readonly kind: 'narrowed-key'; readonly keyId: KeyId }
  | { readonly kind: 'write-only-key'; readonly keyId: KeyId }
  | { readonly kind: 'management-by-keys-off' }
  | { readonly kind: 'session-required' }
  /** U8. */
  | { readonly kind: 'fresh-proof-required'; readonly provenAt: Instant; readonly longestMs: number };

/** I3, I5: the caller is who they say they are, and comes from where the list in force lets nobody in. */
export type AddressRefusal = {
  readonly kind: 'ip-not-allowed';
  /** Whose list refuses. */
  readonly level: AllowlistLevel;
  /** Null when nobody can tell the address. */
  readonly address: string | null;
};

/** I5: the new list would refuse the caller's own address, and they have not said that this is meant. */
export type LockoutRefusal = { readonly kind: 'lockout-unconfirmed'; readonly address: string | null };

/** Not allowed, although the caller may know that the thing is there: 403. */
export type NotAllowed = { readonly kind: 'not-allowed'; readonly because: NotAllowedReason };

export type NotAllowedReason =
  | { readonly rule: 'administrators-only' }
  | { readonly rule: 'owner-only' }
  /** K13. */
  | { readonly rule: 'owner-imports-master-keys' }
  /** U3: an administrator manages restricted users and themselves. */
  | { readonly rule: 'user-not-managed'; readonly userId: UserId; readonly userType: UserType }
  /** U1, U3: who may turn whom into what. */
  | { readonly rule: 'user-type-change'; readonly from: UserType; readonly to: UserType; readonly isSelf: boolean }
  /** U3, U5: nobody disables the Owner or themselves. */
  | { readonly rule: 'user-disabling'; readonly userType: UserType; readonly isSelf: boolean }
  /** U3: nobody deletes the Owner or themselves. */
  | { readonly rule: 'user-deletion'; readonly userType: UserType; readonly isSelf: boolean };

/** Absent, or not the caller's to know of: the same refusal for both (K9). */
export type NotFound =
  | { readonly kind: 'key-not-found'; readonly keyId: KeyId }
  | { readonly kind: 'user-not-found'; readonly userId: UserId; readonly pointer: string | null }
  | { readonly kind: 'policy-not-found'; readonly policyId: PolicyId }
  | { readonly kind: 'invitation-not-found'; readonly invitationId: InvitationId }
  | { readonly kind: 'session-not-found'; readonly sessionId: SessionId }
  | { readonly kind: 'webhook-not-found'; readonly webhookId: WebhookId };

/** A value that no state could make right, found by a rule of core's; all fields of a request at once. */
export type FieldProblem = {
  readonly pointer: string;
  readonly kind: 'not-an-ip-address' | 'not-an-ip-range' | 'not-a-web-origin';
  readonly value: string;
};

export type FieldRefusal =
  | { readonly kind: 'malformed-fields'; readonly problems: readonly FieldProblem[] }
  /** K5: only write-only keys are bound to origins. */
  | { readonly kind: 'origins-on-master-key'; readonly pointer: string }
  /** P3: the account's catalogue has no such operation. */
  | { readonly kind: 'unknown-operation'; readonly pointer: string; readonly permission: Permission }
  /** K5, P6: narrower than the owner's rights, never wider. */
  | {
      readonly kind: 'permission-beyond-owner';
      readonly pointer: string;
      readonly permission: Permission;
      readonly ownerId: UserId;
    }
  /** U6: contacts are people of this account, and only service accounts have any. */
  | { readonly kind: 'contact-not-a-person'; readonly pointer: string; readonly userId: UserId }
  | { readonly kind: 'contacts-of-a-person'; readonly pointer: string }
  /** U6: a service account is a restricted user. */
  | { readonly kind: 'service-account-stays-restricted'; readonly pointer: string; readonly asked: UserType }
  /** U1, U4: keys and ownership pass to another user who is not disabled, ownership to a person. */
  | {
      readonly kind: 'unfit-new-owner';
      readonly pointer: string;
      readonly userId: UserId;
      readonly why: 'is-being-deleted' | 'is-disabled' | 'is-service-account';
    }
  /** X5. */
  | {
      readonly kind: 'overlap-out-of-range';
      readonly pointer: string;
      readonly askedSeconds: number;
      readonly longestSeconds: number;
    };

/** What rules a new resource catalogue out (P3). */
export type CatalogueRefusal =
  | { readonly kind: 'catalogue-mistakes'; readonly mistakes: readonly CatalogueMistake[] }
  /** Policies and living keys still name an operation that would be taken away; some of each. */
  | {
      readonly kind: 'operations-in-use';
      /** `type:operation` of all that would be taken away. */
      readonly operations: readonly string[];
      readonly policyIds: readonly PolicyId[];
      readonly keyIds: readonly KeyId[];
    };

/** E3: the Owner decided that users' policies may only shorten the account's. */
export type UserPolicyTooLong = Omit<LifespanTooLong, 'kind'> & { readonly kind: 'user-policy-too-long' };

/** What the key is rules it out. */
export type KeyStateRefusal =
  /** X2, X5, E9: dead keys stay dead. */
  | { readonly kind: 'key-expired'; readonly keyId: KeyId; readonly at: Instant; readonly by: 'lifespan' | 'forced' }
  /** X5: a disabled key is enabled before it is rotated. */
  | { readonly kind: 'key-disabled'; readonly keyId: KeyId; readonly since: Instant }
  /** U3: disabled by a promotion, only its owner's rotation starts it again. */
  | { readonly kind: 'key-awaits-rotation'; readonly keyId: KeyId; readonly ownerId: UserId };

/** What the state of an invitation, or of its address, rules out (U2). */
export type InvitationRefusal =
  | { readonly kind: 'user-exists'; readonly userId: UserId }
  | { readonly kind: 'invitation-pending'; readonly invitationId: InvitationId }
  | { readonly kind: 'invitation-over'; readonly status: 'accepted' | 'withdrawn' }
  /** Whatever is wrong with a link: never sent, replaced, used, withdrawn, too old, or its address taken elsewhere (T1). */
  | { readonly kind: 'invitation-not-valid' };
/** A preview that cannot be acted on (E6, X6). */
export type PreviewRefusal =
  /** Made up, or somebody else's, or for another act: which of these is nobody's business. */
  | { readonly kind: 'preview-token-wrong' }
  | { readonly kind: 'preview-expired'; readonly previewedAt: Instant; readonly validMs: number }
  | { readonly kind: 'preview-used'; readonly previewedAt: Instant }
  /** Doing it now would not be what was previewed. */
  | { readonly kind: 'preview-outdated'; readonly previewedAt: Instant };

/** What is missing or wrong beside a password (U7). */
export type SecondFactorRefusal =
  /** Said only after the password proved right. */
  | { readonly kind: 'second-factor-required' }
  /** Wrong, used before, or too old or new: which of them, who guesses is not told. */
  | { readonly kind: 'second-factor-wrong' }
  | { readonly kind: 'second-factor-exists' }
  | { readonly kind: 'second-factor-missing' };

/** A limit is reached. */
export type LimitRefusal =
  /** K3. */
  | { readonly kind: 'too-many-keys'; readonly ownerId: UserId; readonly held: number; readonly most: number }
  | {
      readonly kind: 'too-many-keys-to-reassign';
      readonly newOwnerId: UserId;
      readonly held: number;
      readonly added: number;
      readonly most: number;
    }
  /** U4: what a key could do with its old owner is more than a narrowing may list. */
  | {
      readonly kind: 'narrowing-too-large';
      readonly keyId: KeyId;
      readonly permissions: number;
      readonly names: number;
    }
  | { readonly kind: 'too-many-policies'; readonly userId: UserId; readonly held: number; readonly most: number }
  /** R8. */
  | { readonly kind: 'too-many-webhooks'; readonly held: number; readonly most: number }
  | {
      readonly kind: 'metadata-too-large';
      readonly pointer: string;
      readonly bytes: number;
      readonly largestBytes: number;
    };

/** K13: nothing was imported; every mistake of every entry. */
export type ImportRefusal = { readonly kind: 'import-refused'; readonly mistakes: readonly ImportMistake[] };

/** What is wrong with one entry of an import, and with which of its fields. */
export type ImportMistake = {
  /** Which entry, counted from 0. */
  readonly entry: number;
  /** JSON pointer inside the entry; a refusal that has one of its own says it more exactly. */
  readonly pointer: string;
  readonly refusal: ImportEntryRefusal;
};

export type ImportEntryRefusal =
  | NotAllowed
  | NotFound
  | FieldRefusal
  | LifespanTooLong
  | LimitRefusal
  /** The text is or was that of a key; of which, and in whose account, is not said (T1). */
  | { readonly kind: 'digest-taken' }
  /** An earlier entry of the same call has the same digest. */
  | { readonly kind: 'digest-repeated'; readonly pointer: string; readonly first: number }
  /** Somebody sent the text itself for its hint, which lists show. */
  | { readonly kind: 'hint-is-the-text'; readonly pointer: string };

/** What cannot be done with a webhook (R8). */
export type WebhookRefusal =
  /** Q33: requests of ours go where the operator lets them go. */
  | { readonly kind: 'webhook-url-not-allowed'; readonly pointer: string; readonly mistake: UrlMistake }
  | { readonly kind: 'webhook-disabled'; readonly webhookId: WebhookId; readonly since: Instant };
