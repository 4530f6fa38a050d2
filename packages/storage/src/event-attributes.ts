import {
  type ForcedExpiry,
  formatInstant,
  type Instant,
  type Lifespan,
  type UserExpirationPolicy,
} from '@claviger/core';
import type { AllowlistRules } from './ip-allowlist-store.ts';
import type { Account, InternalKey, Invitation, Key, Policy, User, Webhook } from './entities.ts';
import { wireCatalogue, wirePermissions, wireRateLimit } from './json-columns.ts';

/** Attributes as audit events name them: the words of the wire. Never a secret, a digest or a hint (A3). */
export type Attributes = Readonly<Record<string, unknown>>;

/** The same attributes, all absent: what a thing was before it was made, or is after it was deleted. */
export function absent(attributes: Attributes): Attributes {
  return Object.fromEntries(Object.keys(attributes).map((name) => [name, null]));
}

/** What an event says of an account. */
export function accountAttributes(account: Account): Attributes {
  return {
    name: account.name,
    default_keys: account.defaultKeys,
    management_by_keys: account.hasManagementByKeys,
    password_shortest: account.signIn.passwordShortest,
    second_factor: account.signIn.secondFactor,
    session_idle_minutes: account.signIn.sessionIdleMinutes,
    session_longest_hours: account.signIn.sessionLongestHours,
    idle_rule: account.idleRule,
    audit_retention_days: account.auditRetentionDays,
  };
}

/** What an event says of the reminders of an account (R1, R4). */
export function reminderAttributes({ reminderDays, reminderSteps }: Account): Attributes {
  return { days_before: reminderDays, further_steps: reminderSteps };
}

/**
 * What an event says of a catalogue: the operations of each type, under the type's name, so that a change of one type does
 * not tell of all. A type that only the other catalogue has is null (P3).
 */
export function catalogueAttributes(
  { catalogue }: Pick<Account, 'catalogue'>,
  other: Pick<Account, 'catalogue'>,
): Attributes {
  const missing = other.catalogue.map((type) => [`resource_types.${type.name}`, null] as const);
  const own = wireCatalogue(catalogue).map((type) => [`resource_types.${type.name}`, type.operations] as const);
  return Object.fromEntries([...missing, ...own]);
}

/** What an event says of an IP allowlist; null is none (I1). */
export function allowlistAttributes(list: AllowlistRules | null): Attributes {
  return { mode: list?.mode ?? null, entries: list?.entries ?? null };
}

/** What an event says of the expiration policy of an account. */
export function systemPolicyAttributes({ expiration }: Pick<Account, 'expiration'>): Attributes {
  return {
    master: lifespanAttribute(expiration.lifespans.master),
    write_only: lifespanAttribute(expiration.lifespans.write_only),
    users_may_only_shorten: expiration.usersMayOnlyShorten,
  };
}

/** What an event says of the expiration policy of a user; null is a kind that follows the account's. */
export function userPolicyAttributes(policy: UserExpirationPolicy): Attributes {
  return {
    master: policy.master === undefined ? null : lifespanAttribute(policy.master),
    write_only: policy.write_only === undefined ? null : lifespanAttribute(policy.write_only),
  };
}

/** What an event says of a user. */
export function userAttributes(user: User): Attributes {
  return {
    name: user.name,
    email: user.email,
    user_type: user.userType,
    service_account: user.isServiceAccount,
    contacts: user.contacts,
    disabled_at: time(user.disabledAt),
    ends_reported_keys: user.endsReportedKeys,
  };
}

/** What an event says of a key. */
export function keyAttributes(key: Key): Attributes {
  return {
    name: key.name,
    kind: key.kind,
    owner_id: key.ownerId,
    created_by: key.createdBy,
    created_by_key_id: key.createdByKeyId,
    strength: key.strength,
    lifespan_days: key.lifespan,
    expires_at: time(key.expiresAt),
    disabled_at: time(key.disabledAt),
    disabled_reason: key.disabledReason,
    forced_expiry: key.forcedExpiry === null ? null : forcedExpiryAttribute(key.forcedExpiry),
    permissions: key.permissions === null ? null : wirePermissions(key.permissions),
    allowed_ips: key.allowedIps,
    allowed_origins: key.allowedOrigins,
    rate_limit: key.rateLimit === null ? null : wireRateLimit(key.rateLimit),
    metadata: key.metadata,
    rotation:
      key.rotation === null
        ? null
        : { rotated_at: time(key.rotation.rotatedAt), previous_ends_at: time(key.rotation.previousEndsAt) },
  };
}

/** What an event says of a forced end (X2). */
export function forcedExpiryAttribute(end: ForcedExpiry): Attributes {
  return { ...end, at: time(end.at) };
}

/** What an event says of a policy. */
export function policyAttributes(policy: Policy): Attributes {
  return { name: policy.name, description: policy.description, permissions: wirePermissions(policy.permissions) };
}

/** What an event says of an invitation (U2). */
export function invitationAttributes(invitation: Invitation): Attributes {
  return {
    email: invitation.email,
    name: invitation.name,
    user_type: invitation.userType,
    invited_by: invitation.invitedBy,
    expires_at: time(invitation.expiresAt),
    resends: invitation.resends,
    accepted_at: time(invitation.acceptedAt),
    user_id: invitation.userId,
    withdrawn_at: time(invitation.withdrawnAt),
  };
}

/** What an event says of a webhook: where events go, never what they are signed with. */
export function webhookAttributes(webhook: Webhook): Attributes {
  return {
    url: webhook.url,
    event_names: webhook.eventNames,
    description: webhook.description,
    disabled_at: time(webhook.disabledAt),
    disabled_reason: webhook.disabledReason,
  };
}

/** What an event says of an internal key. */
export function internalKeyAttributes(key: InternalKey): Attributes {
  return { purpose: key.purpose, account_ids: key.accountIds, ended_at: time(key.endedAt) };
}

function lifespanAttribute(days: Lifespan): { readonly lifespan_days: Lifespan } {
  return { lifespan_days: days };
}

function time(at: Instant | null): string | null {
  return at === null ? null : formatInstant(at);
}
