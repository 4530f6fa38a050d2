import {
  type AccountId,
  type Actor,
  type AuditEvent,
  type EventColumns,
  formatInstant,
  type Instant,
  type Origin,
  parseInstant,
} from '@claviger/core';
import { StoreFault } from './faults.ts';

/** The texts that are stored of an event, and that its digest covers (A4). An absent value is an empty text. */
export function columnsOf(event: AuditEvent): EventColumns {
  return {
    epoch: String(event.epoch),
    version: String(event.version),
    id: event.id,
    account_id: event.accountId ?? '',
    time: formatInstant(event.time),
    event_name: event.name,
    actor: actorText(event.origin.actor),
    affected_user_id: event.affectedUserId ?? '',
    resource_id: event.resourceId ?? '',
    key_kind: event.keyKind ?? '',
    changes: JSON.stringify(event.changes),
    ip_address: storable(event.origin.ipAddress),
    user_agent: storable(event.origin.userAgent),
    http_method: storable(event.origin.httpMethod),
    path: storable(event.origin.path),
    request_id: storable(event.origin.requestId),
    result: event.result,
  };
}

/** An event as its row, or a file made of rows, holds it. */
export function eventFrom(row: Omit<EventColumns, 'version'> & { readonly version: number }): AuditEvent {
  return {
    id: row.id as AuditEvent['id'],
    epoch: Number(row.epoch),
    version: row.version,
    accountId: orNull(row.account_id) as AccountId | null,
    time: timeOf(row),
    name: row.event_name,
    affectedUserId: orNull(row.affected_user_id) as AuditEvent['affectedUserId'],
    resourceId: orNull(row.resource_id) as AuditEvent['resourceId'],
    keyKind: orNull(row.key_kind) as AuditEvent['keyKind'],
    changes: JSON.parse(row.changes) as AuditEvent['changes'],
    result: row.result as AuditEvent['result'],
    origin: originFrom(row),
  };
}

type HttpColumns = Pick<EventColumns, 'ip_address' | 'user_agent' | 'http_method' | 'path' | 'request_id'>;

/** Every actor has an `id`, by which the log is filtered: a user's, an internal key's, or the name of a part of the system. */
function actorText(actor: Actor): string {
  switch (actor.kind) {
    case 'user':
      return JSON.stringify({ kind: 'user', id: actor.userId, session_id: actor.sessionId, key_id: actor.keyId });
    case 'internal_key':
      return JSON.stringify({ kind: 'internal_key', id: actor.internalKeyId });
    case 'operator':
      return JSON.stringify({ kind: 'operator', id: 'operator' });
    case 'system':
      return JSON.stringify({ kind: 'system', id: actor.part });
    case 'unknown':
      return JSON.stringify({ kind: 'unknown', id: null });
  }
}

type StoredActor = {
  readonly kind: Actor['kind'];
  readonly id: string;
  readonly session_id: string | null;
  readonly key_id: string | null;
};

function actorFrom(text: string): Actor {
  const stored = JSON.parse(text) as StoredActor;
  switch (stored.kind) {
    case 'user':
      return { kind: 'user', userId: stored.id, sessionId: stored.session_id, keyId: stored.key_id } as Actor;
    case 'internal_key':
      return { kind: 'internal_key', internalKeyId: stored.id } as Actor;
    case 'system':
      return { kind: 'system', part: stored.id };
    case 'operator':
    case 'unknown':
      return { kind: stored.kind };
  }
}

function originFrom(row: Pick<EventColumns, 'actor' | keyof HttpColumns>): Origin {
  return {
    actor: actorFrom(row.actor),
    ipAddress: orNull(row.ip_address),
    userAgent: orNull(row.user_agent),
    httpMethod: orNull(row.http_method),
    path: orNull(row.path),
    requestId: orNull(row.request_id),
  };
}

/**
 * Texts from outside as both engines give them back: half a character or a NUL would come back changed, or not go in at
 * all, and the chain would not fit what is stored.
 */
function storable(text: string | null): string {
  return text === null ? '' : text.toWellFormed().replaceAll('\0', '\uFFFD');
}

function orNull(text: string): string | null {
  return text === '' ? null : text;
}

/** The instant a row's event happened. */
export function timeOf(row: { readonly time: string; readonly version: number }): Instant {
  const time = parseInstant(row.time);
  if (time === null) throw new StoreFault('damaged', `event ${row.version} has no readable time`);
  return time;
}
