import { randomBase62, type RandomBytes } from './base62.ts';
import type { Brand } from './brand.ts';

export type AccountId = Brand<string, 'AccountId'>;
export type UserId = Brand<string, 'UserId'>;
/** `key_` and the 12 id characters of the key's text (K6). */
export type KeyId = Brand<string, 'KeyId'>;
/** `ikey_` and the 12 id characters: a key that the system itself uses (K11). */
export type InternalKeyId = Brand<string, 'InternalKeyId'>;
export type PolicyId = Brand<string, 'PolicyId'>;
export type SessionId = Brand<string, 'SessionId'>;
export type EventId = Brand<string, 'EventId'>;
export type InvitationId = Brand<string, 'InvitationId'>;
export type WebhookId = Brand<string, 'WebhookId'>;
export type MailId = Brand<string, 'MailId'>;
export type PasswordResetId = Brand<string, 'PasswordResetId'>;

/** Characters after the prefix of ids that we draw ourselves: 20 base62 characters hold 119 random bits. */
const DRAWN_LENGTH = 20;
const KEY_ID = /^key_[0-9A-Za-z]{12}$/;
const INTERNAL_KEY_ID = /^ikey_[0-9A-Za-z]{12}$/;

const drawn = (prefix: string): RegExp => new RegExp(`^${prefix}_[0-9A-Za-z]{${DRAWN_LENGTH}}$`);
const ACCOUNT_ID = drawn('acc');
const USER_ID = drawn('usr');
const POLICY_ID = drawn('pol');
const SESSION_ID = drawn('ses');
const EVENT_ID = drawn('evt');
const INVITATION_ID = drawn('inv');
const WEBHOOK_ID = drawn('whk');
const MAIL_ID = drawn('mail');

/** Each parser takes the id of its own thing, or answers null; a malformed id in a path is a 404, like an unknown one. */
export function parseAccountId(text: string): AccountId | null {
  return ACCOUNT_ID.test(text) ? (text as AccountId) : null;
}
export function parseUserId(text: string): UserId | null {
  return USER_ID.test(text) ? (text as UserId) : null;
}
export function parseKeyId(text: string): KeyId | null {
  return KEY_ID.test(text) ? (text as KeyId) : null;
}
export function parseInternalKeyId(text: string): InternalKeyId | null {
  return INTERNAL_KEY_ID.test(text) ? (text as InternalKeyId) : null;
}
export function parsePolicyId(text: string): PolicyId | null {
  return POLICY_ID.test(text) ? (text as PolicyId) : null;
}
export function parseSessionId(text: string): SessionId | null {
  return SESSION_ID.test(text) ? (text as SessionId) : null;
}
export function parseEventId(text: string): EventId | null {
  return EVENT_ID.test(text) ? (text as EventId) : null;
}
export function parseInvitationId(text: string): InvitationId | null {
  return INVITATION_ID.test(text) ? (text as InvitationId) : null;
}
export function parseWebhookId(text: string): WebhookId | null {
  return WEBHOOK_ID.test(text) ? (text as WebhookId) : null;
}
export function parseMailId(text: string): MailId | null {
  return MAIL_ID.test(text) ? (text as MailId) : null;
}

/** Each of these draws an id that has never been used: 119 random bits do not meet twice. */
export function newAccountId(randomBytes: RandomBytes): AccountId {
  return `acc_${randomBase62(DRAWN_LENGTH, randomBytes)}` as AccountId;
}
export function newUserId(randomBytes: RandomBytes): UserId {
  return `usr_${randomBase62(DRAWN_LENGTH, randomBytes)}` as UserId;
}
export function newPolicyId(randomBytes: RandomBytes): PolicyId {
  return `pol_${randomBase62(DRAWN_LENGTH, randomBytes)}` as PolicyId;
}
export function newSessionId(randomBytes: RandomBytes): SessionId {
  return `ses_${randomBase62(DRAWN_LENGTH, randomBytes)}` as SessionId;
}
export function newEventId(randomBytes: RandomBytes): EventId {
  return `evt_${randomBase62(DRAWN_LENGTH, randomBytes)}` as EventId;
}
export function newPasswordResetId(randomBytes: RandomBytes): PasswordResetId {
  return `pwr_${randomBase62(DRAWN_LENGTH, randomBytes)}` as PasswordResetId;
}
export function newInvitationId(randomBytes: RandomBytes): InvitationId {
  return `inv_${randomBase62(DRAWN_LENGTH, randomBytes)}` as InvitationId;
}
export function newWebhookId(randomBytes: RandomBytes): WebhookId {
  return `whk_${randomBase62(DRAWN_LENGTH, randomBytes)}` as WebhookId;
}
export function newMailId(randomBytes: RandomBytes): MailId {
  return `mail_${randomBase62(DRAWN_LENGTH, randomBytes)}` as MailId;
}

/** The API id of a key whose text carries these 12 characters (K6). */
export function keyIdOf(idCharacters: string): KeyId {
  return `key_${idCharacters}` as KeyId;
}
/** The 12 characters that an id shares with its key's text: a rotation writes them into the new text (X5). */
export function idCharactersOf(id: KeyId | InternalKeyId): string {
  return id.slice(id.indexOf('_') + 1);
}
/** The id of an internal key whose text carries these 12 characters. */
export function internalKeyIdOf(idCharacters: string): InternalKeyId {
  return `ikey_${idCharacters}` as InternalKeyId;
}
