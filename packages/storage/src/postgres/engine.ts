import { type ControlledTransaction, type Kysely, sql } from 'kysely';
import type { Engine, SnapshotTransaction } from '../engine.ts';
import { NO_RESERVE } from '../reserve.ts';
import type { Tables } from '../schema.ts';
import { postgresFault } from './faults.ts';
import { type Listener, WAKE_CHANNEL } from './listen.ts';

/** What the engine for PostgreSQL runs on. */
export type PostgresConnections = {
  /** Changes and short reads. */
  readonly main: Kysely<Tables>;
  /** Snapshots, which may take long, so that they never use up the connections of changes. */
  readonly snapshots: Kysely<Tables>;
  readonly listener: Listener | null;
  readonly close: () => Promise<void>;
};

/** The engine for PostgreSQL and what speaks its dialect. */
export function postgresEngine({ main, snapshots, listener, close }: PostgresConnections): Engine {
  return {
    dialect: 'postgres',
    // Each statement sees what was committed before it: after the wait for the account's row that is everything of
    // changes before this one. A snapshot taken at the start of the transaction would be older than the lock.
    beginChange: () => main.startTransaction().setIsolationLevel('read committed').execute(),
    beginRead: () => {
      listener?.keepListening();
      return main.startTransaction().setIsolationLevel('repeatable read').setAccessMode('read only').execute();
    },
    beginSnapshot: async () => beginSnapshot(snapshots),
    wakeOthers: async (db) => {
      await sql`select pg_notify(${WAKE_CHANNEL}, '')`.execute(db);
    },
    onOthersChange: (wake) => listener?.onWake(wake) ?? (() => undefined),
    reserve: NO_RESERVE,
    faultOf: postgresFault,
    close,
  };
}

async function beginSnapshot(db: Kysely<Tables>): Promise<SnapshotTransaction> {
  const transaction: ControlledTransaction<Tables> = await db
    .startTransaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute();
  return { db: transaction, end: () => transaction.rollback().execute() };
}
