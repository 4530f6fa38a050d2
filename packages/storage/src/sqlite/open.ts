import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Kysely } from 'kysely';
import { createStore } from '../create-store.ts';
import type { Engine, SnapshotTransaction } from '../engine.ts';
import { StartRefusal } from '../faults.ts';
import { openHead } from '../head.ts';
import { migrate } from '../migrations/migrate.ts';
import type { Reserve } from '../reserve.ts';
import type { Tables } from '../schema.ts';
import type { Store } from '../store.ts';
import type { StoreDeps } from '../store-deps.ts';
import { sqliteDialect } from './adapter.ts';
import { pragma, refuseOldSqlite, refuseUnlessDurable } from './durability.ts';
import { isNotADatabase, sqliteFault } from './faults.ts';
import { type FolderLock, lockFolder } from './lock.ts';
import { openReserve } from './reserve.ts';

/** Where the embedded database lives. */
export type SqliteOptions = {
  /** The data folder; made when it is not there. Holds `claviger.db` and `lock.db`. */
  readonly folder: string;
  /** Only `full` and `extra` are durable; anything else is refused at the start. */
  readonly synchronous?: 'full' | 'extra' | 'normal' | 'off';
};

/** `CLVG`: marks the file as ours. */
const APPLICATION_ID = 0x43_4c_56_47;
/** KiB that a reading connection may keep of the file: SQLite's own 2,000 are too few for the inner pages of a million keys. */
const READ_CACHE_KIB = 32_768;
/** Milliseconds. A backup or a look with sqlite3 may hold the file for a moment. */
const BUSY_TIMEOUT_MS = 5_000;

/**
 * Opens the embedded store of a data folder, migrated and with its chain looked at, or throws a `StartRefusal`.
 * One process at a time; `close` gives the folder back.
 */
export async function openSqlite(deps: StoreDeps, options: SqliteOptions): Promise<Store> {
  return createStore(await openSqliteEngine(deps, options), deps);
}

/** The engine alone, ready to be used: tests wrap it. */
export async function openSqliteEngine(deps: StoreDeps, options: SqliteOptions): Promise<Engine> {
  makeFolder(options.folder);
  const lock = lockFolder(options.folder);
  try {
    return await openEngine(deps, options, lock);
  } catch (error) {
    lock.release();
    throw error;
  }
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new StartRefusal(
      `The data folder ${folder} cannot be made: check its parent folder and to whom it belongs.`,
      {
        cause: error,
      },
    );
  }
}

async function openEngine(deps: StoreDeps, options: SqliteOptions, lock: FolderLock): Promise<Engine> {
  const path = join(options.folder, 'claviger.db');
  const connection = openWriter(path, options.synchronous ?? 'full');
  const writer = new Kysely<Tables>({ dialect: sqliteDialect(connection, 'begin immediate') });
  try {
    await migrate(writer, 'sqlite', null);
    await openHead(writer, deps);
  } catch (error) {
    connection.close();
    throw error;
  }
  const reader = openReader(path);
  return sqliteEngine({ path, writer, reader, lock, reserve: openReserve(options.folder) });
}

function openWriter(path: string, synchronous: string): DatabaseSync {
  const database = openFile(path);
  try {
    refuseOldSqlite(String(database.prepare('select sqlite_version() as version').get()?.['version']));
    refuseForeignFile(database, path);
    database.exec(`pragma journal_mode = wal; pragma synchronous = ${synchronous}; pragma foreign_keys = on`);
    refuseUnlessDurable(database);
    return database;
  } catch (error) {
    database.close();
    if (isNotADatabase(error)) throw notOurs(path, error);
    throw error;
  }
}

function openFile(path: string): DatabaseSync {
  try {
    return new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
  } catch (error) {
    throw new StartRefusal(`The database ${path} cannot be opened: check that it belongs to this user.`, {
      cause: error,
    });
  }
}

/** An empty file becomes ours; one with tables must have been ours before. */
function refuseForeignFile(database: DatabaseSync, path: string): void {
  const id = pragma(database, 'application_id');
  if (id === APPLICATION_ID) return;
  const row = database.prepare('select count(*) as tables from sqlite_master').get();
  if (id !== 0 || row?.['tables'] !== 0) throw notOurs(path, null);
  database.exec(`pragma application_id = ${APPLICATION_ID}`);
}

function notOurs(path: string, cause: unknown): StartRefusal {
  return new StartRefusal(`The file ${path} is not a database of Claviger: move it away, or set another data folder.`, {
    cause,
  });
}

/** A connection that only reads, and how to close it: Kysely closes none that it has never used. */
type ReadConnection = { readonly db: Kysely<Tables>; close(): Promise<void> };

function openReader(path: string): ReadConnection {
  const connection = new DatabaseSync(path, { readOnly: true, timeout: BUSY_TIMEOUT_MS });
  connection.exec(`pragma cache_size = -${READ_CACHE_KIB}`);
  const db = new Kysely<Tables>({ dialect: sqliteDialect(connection, 'begin') });
  const close = async (): Promise<void> => {
    await db.destroy();
    if (connection.isOpen) connection.close();
  };
  return { db, close };
}

function sqliteEngine(on: {
  readonly path: string;
  readonly writer: Kysely<Tables>;
  readonly reader: ReadConnection;
  readonly lock: FolderLock;
  readonly reserve: Reserve;
}): Engine {
  const { path, writer, reader, lock, reserve } = on;
  return {
    dialect: 'sqlite',
    beginChange: () => writer.startTransaction().execute(),
    beginRead: () => reader.db.startTransaction().execute(),
    beginSnapshot: async () => beginSnapshot(openReader(path)),
    // One process holds the folder: there are no others to wake.
    wakeOthers: async () => undefined,
    onOthersChange: () => () => undefined,
    reserve,
    faultOf: sqliteFault,
    close: async () => {
      // The writer last: only it can write the log back into the file and delete it.
      await reader.close();
      await writer.destroy();
      lock.release();
    },
  };
}

/** A connection of its own: a snapshot may travel for long, and the reader's connection serves one read at a time. */
async function beginSnapshot(reader: ReadConnection): Promise<SnapshotTransaction> {
  const transaction = await reader.db.startTransaction().execute();
  return {
    db: transaction,
    end: async () => {
      await transaction.rollback().execute();
      await reader.close();
    },
  };
}
