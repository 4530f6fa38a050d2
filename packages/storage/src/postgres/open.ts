import { Kysely, PostgresDialect, sql } from 'kysely';
import pg, { type ClientConfig, type PoolConfig } from 'pg';
import { createStore } from '../create-store.ts';
import { StartRefusal } from '../faults.ts';
import { openHead } from '../head.ts';
import { migrate } from '../migrations/migrate.ts';
import type { Tables } from '../schema.ts';
import type { Store } from '../store.ts';
import type { StoreDeps } from '../store-deps.ts';
import { postgresEngine } from './engine.ts';
import { codeOf, postgresFault } from './faults.ts';
import { createListener } from './listen.ts';
import { preparedPool } from './prepared-pool.ts';

/** Which PostgreSQL. */
export type PostgresOptions = {
  /** `postgres://user:password@host:port/database`; `?options=-c%20search_path=…` picks a schema. */
  readonly url: string;
};

/** Connections for changes and short reads; one account's changes come one after the other anyway. */
const CONNECTIONS_MOST = 10;
/** Connections for snapshots; further readers wait for their turn. */
const SNAPSHOTS_MOST = 3;
/** Milliseconds. How long the start waits for the server before it says so. */
const START_TIMEOUT_MS = 5_000;
/** Milliseconds. How long a request waits for a free connection, for a lock, for an answer, and how long it may sit idle. */
const CONNECT_TIMEOUT_MS = 10_000;
const SNAPSHOT_WAIT_MS = 60_000;
const LOCK_TIMEOUT_MS = 5_000;
const QUERY_TIMEOUT_MS = 30_000;
const IDLE_IN_TRANSACTION_MS = 30_000;
/** PostgreSQL 13: the oldest that is still in wide use and has all that we ask for. */
const OLDEST_POSTGRES = 130_000;
const INT8 = 20;

/**
 * Opens the store on a PostgreSQL server, migrated and with its chain looked at, or throws a `StartRefusal` within
 * seconds. Any number of nodes may use one database. Needs a connection of its own for `listen`: no transaction pooler.
 */
export async function openPostgres(deps: StoreDeps, options: PostgresOptions): Promise<Store> {
  const config = configOf(options.url);
  await prepareDatabase(config, deps);
  const main = database({
    ...config,
    max: CONNECTIONS_MOST,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    lock_timeout: LOCK_TIMEOUT_MS,
    query_timeout: QUERY_TIMEOUT_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
  });
  const snapshots = database({
    ...config,
    max: SNAPSHOTS_MOST,
    connectionTimeoutMillis: SNAPSHOT_WAIT_MS,
    query_timeout: QUERY_TIMEOUT_MS,
    // A reader that has stopped reading loses its snapshot, and not everybody else theirs.
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
  });
  const listener = createListener({ ...config, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  listener.keepListening();
  const engine = postgresEngine({
    main,
    snapshots,
    listener,
    close: async () => {
      await listener.close();
      await main.destroy();
      await snapshots.destroy();
    },
  });
  return createStore(engine, deps);
}

function configOf(url: string): ClientConfig {
  if (!/^postgres(ql)?:\/\//.test(url)) {
    throw new StartRefusal(
      'DATABASE_URL does not start with postgres://: set it to postgres://user@host:5432/database.',
    );
  }
  const config = { connectionString: url, application_name: 'claviger', keepAlive: true, types: { getTypeParser } };
  try {
    new pg.Client(config);
  } catch {
    // Without the cause: it holds the whole URL, and the password with it.
    throw new StartRefusal('DATABASE_URL cannot be read: set it to postgres://user@host:5432/database.');
  }
  return config;
}

/** 64-bit numbers come as texts unless one says otherwise; ours are all safe integers, and one that is not is a fault. */
const getTypeParser: typeof pg.types.getTypeParser = (oid: number, format?: 'text' | 'binary'): TextParser =>
  oid === INT8 ? parseSafeInteger : (pg.types.getTypeParser(oid, format ?? 'text') as TextParser);

type TextParser = (text: string) => unknown;

function parseSafeInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`not a safe integer: ${text}`);
  return value;
}

function database(config: PoolConfig): Kysely<Tables> {
  const pool = new pg.Pool(config);
  // A connection that breaks while nobody uses it is replaced when the next one is needed; without these two listeners
  // it would end the process.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool: preparedPool(pool) }) });
}

async function prepareDatabase(config: ClientConfig, deps: StoreDeps): Promise<void> {
  const db = database({ ...config, max: 1, connectionTimeoutMillis: START_TIMEOUT_MS });
  try {
    await refuseUnfitServer(db);
    const { rows } = await sql<{ schema: string | null }>`select current_schema() as schema`.execute(db);
    const schema = rows[0]?.schema ?? null;
    if (schema === null)
      throw new StartRefusal('The search_path of DATABASE_URL names no schema that exists: create it first.');
    await migrate(db, 'postgres', schema);
    await db.transaction().execute(async (transaction) => {
      // Held while it is looked at: another node may be writing, and head and last event must be of one state.
      await transaction.selectFrom('feed_head').select('id').where('id', '=', 1).forUpdate().execute();
      await openHead(transaction, deps);
    });
  } catch (error) {
    throw startRefusalOf(error) ?? error;
  } finally {
    await db.destroy();
  }
}

async function refuseUnfitServer(db: Kysely<Tables>): Promise<void> {
  const { rows } = await sql<{ version: string; commit: string }>`
    select current_setting('server_version_num') as version, current_setting('synchronous_commit') as commit`.execute(
    db,
  );
  const [row] = rows;
  if (Number(row?.version) < OLDEST_POSTGRES) {
    throw new StartRefusal(`PostgreSQL ${row?.version} is too old: 13 or newer is needed.`);
  }
  if (row?.commit === 'off') {
    throw new StartRefusal(
      'PostgreSQL would answer before a change is on disk (synchronous_commit is off): ' +
        'a crash could lose answered changes. Set synchronous_commit = on for this database or user.',
    );
  }
}

function startRefusalOf(error: unknown): StartRefusal | null {
  if (error instanceof StartRefusal) return null;
  const code = codeOf(error);
  const isOurs = code !== null && (code.startsWith('28') || code === '3D000' || code === '42501');
  if (!isOurs && postgresFault(error) === null) return null;
  const reason = error instanceof Error && error.message !== '' ? error.message : code;
  return new StartRefusal(
    `PostgreSQL cannot be used (${reason}): check that the server of DATABASE_URL runs, that this host may connect, and user, password and database.`,
    { cause: error },
  );
}
