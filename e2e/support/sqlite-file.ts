import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Row } from './postgres.ts';

/** Reads rows of a data folder's database as any sqlite3 would; the program must not be running. */
export function rowsInSqlite(dataDir: string, select: string): readonly Row[] {
  return withDatabase(dataDir, (database) => database.prepare(select).all());
}

/** Changes the database of a data folder by hand; the program must not be running. */
export function executeInSqlite(dataDir: string, sql: string): void {
  withDatabase(dataDir, (database) => database.exec(sql));
}

function withDatabase<T>(dataDir: string, work: (database: DatabaseSync) => T): T {
  const database = new DatabaseSync(join(dataDir, 'claviger.db'));
  try {
    return work(database);
  } finally {
    database.close();
  }
}
