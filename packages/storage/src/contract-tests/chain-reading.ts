import { checkLink, EVENT_COLUMNS, type EventColumns, GENESIS_HASH } from '@claviger/core';
import type { TestDatabase } from './database.ts';
import { sha256 } from './installation.ts';

/** Every table that a change may write. */
const TABLES = [
  'accounts',
  'users',
  'user_lifespans',
  'keys',
  'key_secrets',
  'tombstones',
  'policies',
  'policy_users',
  'sessions',
  'internal_keys',
  'internal_key_accounts',
  'idempotency_records',
  'feed_head',
  'audit_events',
  'feed_records',
];

/** Everything that is stored, as one text. */
export async function dump(database: TestDatabase): Promise<string> {
  const tables = [];
  for (const table of TABLES) tables.push([table, await database.execute(`select * from ${table} order by 1, 2`)]);
  return JSON.stringify(tables);
}

/** A stored event with its chain and its record, as an auditor reads it past the store. */
export type StoredEvent = {
  readonly columns: EventColumns;
  readonly previousHash: string;
  readonly recordDigest: string;
  readonly hash: string;
  readonly record: string;
};

/** All stored events, in version order. */
export async function storedEvents(database: TestDatabase): Promise<readonly StoredEvent[]> {
  const rows = await database.execute(
    'select e.*, f.record from audit_events e join feed_records f on f.version = e.version order by e.version',
  );
  return rows.map((row) => ({
    columns: Object.fromEntries(EVENT_COLUMNS.map((column) => [column, String(row[column])])) as EventColumns,
    previousHash: String(row['previous_hash']),
    recordDigest: String(row['record_digest']),
    hash: String(row['hash']),
    record: String(row['record']),
  }));
}

/** Walks the whole chain and answers with the names of its events; throws at the first break (A4). */
export async function walkChain(database: TestDatabase): Promise<readonly string[]> {
  let previous = { version: 0, hash: GENESIS_HASH };
  const events = await storedEvents(database);
  for (const event of events) {
    const broken = checkLink(previous, event, sha256);
    if (broken !== null) throw new Error(`the chain is broken at ${broken.version}: ${broken.kind}`);
    if (sha256(event.record) !== event.recordDigest) throw new Error(`record ${event.columns.version} does not fit`);
    previous = { version: Number(event.columns.version), hash: event.hash };
  }
  const [head] = await database.execute('select * from feed_head');
  if (head?.['version'] !== previous.version || head['hash'] !== previous.hash)
    throw new Error('the head is elsewhere');
  return events.map((event) => event.columns.event_name);
}
