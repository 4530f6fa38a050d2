import { DatabaseSync } from 'node:sqlite';

/** One ingested event, as the API takes and gives it. */
export type StoredEvent = {
  readonly name: string;
  /** RFC 3339, UTC. */
  readonly time: string;
  readonly properties: Readonly<Record<string, unknown>>;
};

/** Which events a query wants; absent filters do not filter. */
export type EventQuery = {
  readonly name?: string;
  readonly from?: string;
  readonly to?: string;
  readonly limit: number;
};

/** Where an event belongs. */
export type TableName = { readonly database: string; readonly table: string };

/** A small SQLite store of events. It knows nothing of keys. */
export type EventStore = {
  append(table: TableName, events: readonly StoredEvent[]): void;
  query(table: TableName, query: EventQuery): readonly StoredEvent[];
  close(): void;
};

const SCHEMA = `
create table if not exists events (
  database text not null, table_name text not null, name text not null, time text not null, properties text not null
) strict;
create index if not exists events_by_time on events (database, table_name, time);`;

const QUERY = `
select name, time, properties from events
where database = ? and table_name = ? and (? is null or name = ?) and (? is null or time >= ?) and (? is null or time < ?)
order by time desc, rowid desc limit ?`;

/** Opens the store in a file, or in memory with `:memory:`. */
export function openEventStore(file: string): EventStore {
  const db = new DatabaseSync(file);
  db.exec(SCHEMA);
  const insert = db.prepare('insert into events (database, table_name, name, time, properties) values (?, ?, ?, ?, ?)');
  const select = db.prepare(QUERY);
  return {
    append: (table, events) => {
      db.exec('begin immediate');
      try {
        for (const event of events) {
          insert.run(table.database, table.table, event.name, event.time, JSON.stringify(event.properties));
        }
        db.exec('commit');
      } catch (fault) {
        db.exec('rollback');
        throw fault;
      }
    },
    query: (table, query) => {
      const { name = null, from = null, to = null, limit } = query;
      const rows = select.all(table.database, table.table, name, name, from, from, to, to, limit);
      return rows.map((row) => ({
        name: String(row['name']),
        time: String(row['time']),
        properties: JSON.parse(String(row['properties'])) as Record<string, unknown>,
      }));
    },
    close: () => db.close(),
  };
}
