import { type AuditEvent, formatInstant, parseInstantMs } from '@claviger/core';
import { type Kysely, type RawBuilder, type Selectable, type SelectQueryBuilder, sql } from 'kysely';
import { ACTOR_FIELD } from './actor-field.ts';
import { badCursor, type Place, pageOf, placeOf } from './cursor.ts';
import type { Dialect } from './dialect.ts';
import { stretchReader } from './event-stretch.ts';
import { eventFrom } from './events.ts';
import { type Condition, fewest } from './few.ts';
import type { AuditEventsTable, Tables } from './schema.ts';
import type { EventFilter } from './event-store.ts';
import type { Page, PageRequest, Reader } from './store.ts';

type EventQuery = SelectQueryBuilder<Tables, 'audit_events', Selectable<AuditEventsTable>>;

/** Reads the audit log. */
export function eventReader(db: Kysely<Tables>, dialect: Dialect): Reader['events'] {
  return { list: (filter, page) => listEvents({ db, dialect }, filter, page), ...stretchReader(db, dialect) };
}

/**
 * A page of the events a filter lets through, newest first: by version, or by time when a span of time is asked for, since
 * only then an index leads to it. The two orders differ by moments, or by a clock that has jumped.
 */
async function listEvents(
  engine: { readonly db: Kysely<Tables>; readonly dialect: Dialect },
  filter: EventFilter,
  page: PageRequest,
): Promise<Page<AuditEvent>> {
  const isByTime = filter.from !== undefined || filter.to !== undefined;
  const after = placeOf(page);
  const conditions = conditionsOf(filter, engine.dialect, isByTime);
  const start = isByTime ? await fewest(engine.db, conditions) : null;
  let query = start === null ? fromAll(engine.db, filter) : fromFew(engine.db, filter, start);
  for (const { isMet } of conditions) query = query.where(isMet);
  if (after !== null)
    query = query.where(isByTime ? isBefore(after) : sql<boolean>`audit_events.version < ${after.at}`);
  if (isByTime) query = query.orderBy('audit_events.time', 'desc');
  const rows = await query
    .orderBy('audit_events.version', 'desc')
    .limit(page.limit + 1)
    .execute();
  return pageOf(rows.map(eventFrom), page.limit, isByTime ? placeInTime : placeInOrder);
}

function fromAll(db: Kysely<Tables>, filter: EventFilter): EventQuery {
  const accountId = filter.accountId;
  let query = db.selectFrom('audit_events').selectAll('audit_events').where('audit_events.account_id', '=', accountId);
  if (filter.from !== undefined) query = query.where('audit_events.time', '>=', formatInstant(filter.from));
  if (filter.to !== undefined) query = query.where('audit_events.time', '<', formatInstant(filter.to));
  return query;
}

/** The few come first: see `key-list.ts`. The span of time is only looked at, so that no index is taken for it. */
function fromFew(db: Kysely<Tables>, filter: EventFilter, { ids }: Condition): EventQuery {
  let query = db
    .selectFrom(sql<{ readonly id: number }>`(${ids})`.as('few'))
    .crossJoin('audit_events')
    .selectAll('audit_events')
    .whereRef('audit_events.version', '=', 'few.id') as unknown as EventQuery;
  if (filter.from !== undefined)
    query = query.where(sql<boolean>`audit_events.time || '' >= ${formatInstant(filter.from)}`);
  if (filter.to !== undefined) query = query.where(sql<boolean>`audit_events.time || '' < ${formatInstant(filter.to)}`);
  return query;
}

/** With a span of time the conditions are looked at only, and found by their own indexes only when few events meet one. */
function conditionsOf(filter: EventFilter, dialect: Dialect, isByTime: boolean): readonly Condition[] {
  const { visibleTo, eventName, resourceId, result, actorId, keyId } = filter;
  const conditions: Condition[] = [];
  const add = (left: string, value: string): void => {
    const ids = idsWhere(filter, sql`${sql.raw(left)} = ${value}`);
    const isMet = isByTime
      ? sql<boolean>`${sql.raw(left)} || '' = ${value}`
      : sql<boolean>`${sql.raw(left)} = ${value}`;
    conditions.push({ isMet, ids });
  };
  if (visibleTo !== null) add('audit_events.affected_user_id', visibleTo);
  if (eventName !== undefined) add('audit_events.event_name', eventName);
  if (resourceId !== undefined) add('audit_events.resource_id', resourceId);
  if (actorId !== undefined) add(actorField(dialect, 'id'), actorId);
  if (result !== undefined) add('audit_events.result', result);
  if (keyId !== undefined) {
    // Events about a key, and by it: two look-ups, since no index serves an `or`.
    const about = idsWhere(filter, sql`resource_id = ${keyId}`);
    const by = idsWhere(filter, sql`${sql.raw(actorField(dialect, 'key_id'))} = ${keyId}`);
    const ids = sql`${about} union ${by}`;
    conditions.push({ isMet: sql`audit_events.version in (${ids})`, ids });
  }
  return conditions;
}

function idsWhere({ accountId }: EventFilter, condition: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`select version as id from audit_events where account_id = ${accountId} and ${condition}`;
}

/** The very expression that the migration has indexed. */
function actorField(dialect: Dialect, field: 'id' | 'key_id'): string {
  return `(${ACTOR_FIELD[dialect](field)})`;
}

function isBefore(after: Place): RawBuilder<boolean> {
  const at = parseInstantMs(after.at);
  const version = Number(after.id);
  // A cursor of another list reads well, and still is none of this one.
  if (at === null || !Number.isSafeInteger(version)) throw badCursor();
  return sql<boolean>`(audit_events.time, audit_events.version) < (${formatInstant(at)}, ${version})`;
}

function placeInOrder(event: AuditEvent): Place {
  return { at: event.version, id: '' };
}

function placeInTime(event: AuditEvent): Place {
  return { at: event.time, id: String(event.version) };
}
