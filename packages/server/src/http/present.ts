import type {
  AccountObject,
  AnswerOf,
  EventObject,
  InvitationObject,
  KeyObject,
  KeyWithSecretObject,
  PolicyObject,
  SessionObject,
  UserObject,
} from '@claviger/contract';
import {
  type AuditEvent,
  formatInstant,
  formatVersion,
  type Instant,
  invitationStatus,
  type Permission,
  type SessionBounds,
  sessionEnds,
  type SessionId,
  statusOf,
  statusWord,
} from '@claviger/core';
import type { Account, Invitation, Key, Page, Policy, Session, User } from '@claviger/storage';
import type { KeyWithSecret, ShownKey } from '../commands/shown-key.ts';
import type { View } from './call.ts';

/** Entities as the wire shows them. Each function writes every field by name: what is not named here never goes out. */

type WirePermission = { resource_type: string; operation: string; ids: string[] };

export function presentPermission({ resourceType, operation, ids }: Permission): WirePermission {
  return { resource_type: resourceType, operation, ids: [...ids] };
}

/** A key as lists show it, its status worked out at `now` (K8). */
export function presentKey({ key, isOwnerDisabled, reminderDays }: ShownKey, now: Instant): KeyObject {
  const status = statusOf(key, now);
  return {
    object: 'key',
    id: key.id,
    kind: key.kind,
    name: key.name,
    owner_id: key.ownerId,
    created_by: key.createdBy,
    hint: key.hint,
    status: statusWord(key, now, reminderDays),
    expired_by: status.kind === 'expired' ? status.by : null,
    owner_disabled: isOwnerDisabled,
    forced_expiry: presentForcedExpiry(key),
    created_by_key_id: key.createdByKeyId,
    strength: key.strength,
    created_at: formatInstant(key.createdAt),
    expires_at: instantOrNull(key.expiresAt),
    last_used_at: instantOrNull(key.lastUsedAt),
    permissions: key.permissions === null ? null : key.permissions.map(presentPermission),
    allowed_ips: [...key.allowedIps],
    allowed_origins: [...key.allowedOrigins],
    rate_limit: presentRateLimit(key),
    rotation: presentRotation(key),
    metadata: { ...key.metadata },
  };
}

/** A key in the one answer that shows its secret; in what is kept for replays it is left out (K7). */
export function presentKeyWithSecret(made: KeyWithSecret, view: View): KeyWithSecretObject {
  const key = presentKey(made, view.now);
  return view.showsSecrets ? { ...key, secret: made.secret.reveal() } : key;
}

export function presentUser(user: User): UserObject {
  return {
    object: 'user',
    id: user.id,
    name: user.name,
    email: user.email,
    user_type: user.userType,
    service_account: user.isServiceAccount,
    contacts: [...user.contacts],
    disabled: user.disabledAt !== null,
    disabled_at: instantOrNull(user.disabledAt),
    created_at: formatInstant(user.createdAt),
    policy_ids: [...user.policyIds],
    ends_reported_keys: user.endsReportedKeys,
  };
}

export function presentAccount(account: Account): AccountObject {
  return {
    object: 'account',
    id: account.id,
    name: account.name,
    created_at: formatInstant(account.createdAt),
    default_keys: account.defaultKeys,
    management_by_keys: account.hasManagementByKeys,
  };
}

/** The account with what only its Owner and administrators see. */
export function presentAccountWithSettings(account: Account): AnswerOf<'read_account'> {
  const { passwordShortest, sessionIdleMinutes, sessionLongestHours } = account.signIn;
  return {
    ...presentAccount(account),
    idle_rule: account.idleRule === null ? null : { days: account.idleRule.days, action: account.idleRule.action },
    sign_in: {
      password_shortest: passwordShortest,
      session_idle_minutes: sessionIdleMinutes,
      session_longest_hours: sessionLongestHours,
    },
  };
}

/** A session under the bounds of its account; `currentId` is the one that asks, or null when a key does. */
export function presentSession(
  session: Session,
  { bounds, currentId }: { readonly bounds: SessionBounds; readonly currentId: SessionId | null },
): SessionObject {
  const { idleEndsAt, endsAt } = sessionEnds(session, bounds);
  return {
    object: 'session',
    id: session.id,
    user_id: session.userId,
    current: session.id === currentId,
    created_at: formatInstant(session.createdAt),
    last_seen_at: formatInstant(session.lastSeenAt),
    proven_at: formatInstant(session.provenAt),
    idle_ends_at: formatInstant(idleEndsAt),
    ends_at: formatInstant(endsAt),
    ip_address: session.ipAddress,
    user_agent: session.userAgent,
  };
}

/** An invitation, its status worked out at `now`. The token of its link is in the mail alone (U2). */
export function presentInvitation(invitation: Invitation, { now }: { readonly now: Instant }): InvitationObject {
  return {
    object: 'invitation',
    id: invitation.id,
    email: invitation.email,
    name: invitation.name,
    user_type: invitation.userType,
    status: invitationStatus(invitation, now),
    invited_by: invitation.invitedBy,
    created_at: formatInstant(invitation.createdAt),
    sent_at: formatInstant(invitation.sentAt),
    expires_at: formatInstant(invitation.expiresAt),
    resends: invitation.resends,
    accepted_at: instantOrNull(invitation.acceptedAt),
    user_id: invitation.userId,
    withdrawn_at: instantOrNull(invitation.withdrawnAt),
  };
}

export function presentPolicy(policy: Policy): PolicyObject {
  return {
    object: 'policy',
    id: policy.id,
    name: policy.name,
    description: policy.description,
    permissions: policy.permissions.map(presentPermission),
    created_at: formatInstant(policy.createdAt),
  };
}

/** An audit event (A3). */
export function presentEvent(event: AuditEvent): EventObject {
  const { origin } = event;
  return {
    object: 'event',
    id: event.id,
    version: formatVersion({ epoch: event.epoch, n: event.version }),
    time: formatInstant(event.time),
    event_name: event.name,
    actor: presentActor(origin.actor),
    affected_user_id: event.affectedUserId,
    resource_id: event.resourceId,
    key_kind: event.keyKind,
    changes: event.changes.map((change) => ({ attribute: change.attribute, old: change.old, new: change.new })),
    ip_address: origin.ipAddress,
    user_agent: origin.userAgent,
    http_method: origin.httpMethod,
    path: origin.path,
    request_id: origin.requestId,
    result: event.result,
  };
}

/** The envelope of a list. */
export function presentPage<T, Wire>(page: Page<T>, present: (item: T) => Wire) {
  return {
    object: 'list' as const,
    data: page.items.map(present),
    has_more: page.nextCursor !== null,
    next_cursor: page.nextCursor,
  };
}

function presentActor(actor: AuditEvent['origin']['actor']): EventObject['actor'] {
  switch (actor.kind) {
    case 'user':
      return { kind: 'user', user_id: actor.userId, session_id: actor.sessionId, key_id: actor.keyId };
    case 'internal_key':
      return { kind: 'internal_key', internal_key_id: actor.internalKeyId };
    case 'system':
      return { kind: 'system', part: actor.part };
    case 'operator':
    case 'unknown':
      return { kind: actor.kind };
  }
}

function presentForcedExpiry({ forcedExpiry }: Key): KeyObject['forced_expiry'] {
  if (forcedExpiry === null) return null;
  const { at, by, reason, note } = forcedExpiry;
  return { at: formatInstant(at), by, reason, note };
}

function presentRateLimit({ rateLimit }: Key): KeyObject['rate_limit'] {
  return rateLimit === null ? null : { requests: rateLimit.requests, per_seconds: rateLimit.perSeconds };
}

function presentRotation({ rotation }: Key): KeyObject['rotation'] {
  if (rotation === null) return null;
  return {
    rotated_at: formatInstant(rotation.rotatedAt),
    previous_ends_at: formatInstant(rotation.previousEndsAt),
  };
}

function instantOrNull(at: Instant | null): string | null {
  return at === null ? null : formatInstant(at);
}
