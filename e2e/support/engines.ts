import type { ClavigerOptions } from './claviger-process.ts';
import { type Postgres, type Row, startPostgres } from './postgres.ts';
import { executeInSqlite, rowsInSqlite } from './sqlite-file.ts';

/** A database for one installation, and a way to look into it past the program. */
export type Database = {
  /** What to start the program with. */
  readonly options: ClavigerOptions;
  /** Reads rows. With SQLite the program must not be running. */
  rows(dataDir: string, select: string): Promise<readonly Row[]>;
  /** Changes rows behind the program's back. */
  execute(dataDir: string, sql: string): Promise<void>;
  /** Ends the database's own server by a kill, if it has one, and starts it again. */
  crash(): Promise<void>;
  /** Ends the database's own server, if it has one. */
  delete(): Promise<void>;
};

/** Both engines; every test that is about durability or order runs on each. */
export const ENGINES: readonly {
  readonly engine: 'SQLite' | 'PostgreSQL';
  readonly openDatabase: () => Promise<Database>;
}[] = [
  {
    engine: 'SQLite',
    openDatabase: async () => ({
      options: {},
      rows: async (dataDir, select) => rowsInSqlite(dataDir, select),
      execute: async (dataDir, sql) => executeInSqlite(dataDir, sql),
      crash: async () => undefined,
      delete: async () => undefined,
    }),
  },
  {
    engine: 'PostgreSQL',
    openDatabase: async () => databaseOn(await startPostgres()),
  },
];

async function databaseOn(postgres: Postgres): Promise<Database> {
  const url = await postgres.newDatabase();
  return {
    options: { settings: { DATABASE_URL: url } },
    rows: (_dataDir, select) => postgres.query(url, select),
    execute: (_dataDir, sql) => postgres.execute(url, sql),
    crash: async () => {
      await postgres.crash();
      await postgres.restart();
    },
    delete: () => postgres.delete(),
  };
}
