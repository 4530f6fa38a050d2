import { type ChainLink, EVENT_COLUMNS, type EventColumns, formatInstant } from '@claviger/core';
import { type Kysely, type RawBuilder, type Selectable, sql } from 'kysely';
import { ACTOR_FIELD } from './actor-field.ts';
import type { Dialect } from './dialect.ts';
import { eventFrom } from './events.ts';
import type { AuditEventsTable, Tables } from './schema.ts';
import type { EventFilter, EventReader, NumberedLink, StoredEvent, Stretch } from './event-store.ts';

/** Reads stretches of the log, oldest first: for downloads, which go through all of it (A5). */
export function stretchReader(db: Kysely<Tables>, dialect: Dialect): Pick<EventReader, 'inOrder' | 'links'> {
  return {
    inOrder: (filter, stretch) => eventsInOrder({ db, dialect }, filter, stretch),
    links: (stretch) => linksOf(db, stretch),
  };
}

async function eventsInOrder(
  { db, dialect }: { readonly db: Kysely<Tables>; readonly dialect: Dialect },
  filter: EventFilter,
  { after, upTo, limit }: Stretch,
): Promise<readonly StoredEvent[]> {
  let query = db
    .selectFrom('audit_events')
    .selectAll()
    .where('account_id', '=', filter.accountId)
    .where('version', '>', after)
    .where('version', '<=', upTo);
  for (const condition of conditionsOf(filter, dialect)) query = query.where(condition);
  const rows = await query.orderBy('version').limit(limit).execute();
  return rows.map((row) => ({ event: eventFrom(row), columns: columnsFrom(row), link: linkFrom(row) }));
}

/** Every index that these may take ends in the version, but the one of times: so a time is only looked at. */
function conditionsOf(filter: EventFilter, dialect: Dialect): readonly RawBuilder<boolean>[] {
  const { visibleTo, eventName, resourceId, result, actorId, keyId, from, to } = filter;
  const conditions: RawBuilder<boolean>[] = [];
  const actor = (field: 'id' | 'key_id') => sql.raw(`(${ACTOR_FIELD[dialect](field)})`);
  if (visibleTo !== null) conditions.push(sql`affected_user_id = ${visibleTo}`);
  if (eventName !== undefined) conditions.push(sql`event_name = ${eventName}`);
  if (resourceId !== undefined) conditions.push(sql`resource_id = ${resourceId}`);
  if (result !== undefined) conditions.push(sql`result = ${result}`);
  if (actorId !== undefined) conditions.push(sql`${actor('id')} = ${actorId}`);
  if (keyId !== undefined) conditions.push(sql`(resource_id = ${keyId} or ${actor('key_id')} = ${keyId})`);
  if (from !== undefined) conditions.push(sql`time || '' >= ${formatInstant(from)}`);
  if (to !== undefined) conditions.push(sql`time || '' < ${formatInstant(to)}`);
  return conditions;
}

async function linksOf(db: Kysely<Tables>, { after, upTo, limit }: Stretch): Promise<readonly NumberedLink[]> {
  const rows = await db
    .selectFrom('audit_events')
    .select(['version', 'previous_hash', 'event_digest', 'record_digest', 'hash'])
    .where('version', '>', after)
    .where('version', '<=', upTo)
    .orderBy('version')
    .limit(limit)
    .execute();
  return rows.map((row) => ({ version: row.version, ...linkFrom(row) }));
}

/** The stored texts of a row; the number of its version as the text that was hashed. */
function columnsFrom(row: Selectable<AuditEventsTable>): EventColumns {
  return Object.fromEntries(EVENT_COLUMNS.map((column) => [column, String(row[column])])) as EventColumns;
}

function linkFrom(
  row: Pick<Selectable<AuditEventsTable>, 'previous_hash' | 'event_digest' | 'record_digest' | 'hash'>,
): ChainLink {
  return {
    previousHash: row.previous_hash,
    eventDigest: row.event_digest,
    recordDigest: row.record_digest,
    hash: row.hash,
  };
}
