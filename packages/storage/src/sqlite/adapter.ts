import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { type Dialect, SqliteAdapter, type SqliteDatabase, SqliteDialect, type SqliteStatement } from 'kysely';

/** Statements kept prepared for each connection; lists with unusual filters push out the oldest. */
const STATEMENTS_KEPT = 500;

/**
 * Kysely's dialect over a connection of node:sqlite. `begin` is what starts a transaction: writers take the lock at once
 * (`begin immediate`), since a transaction that reads first and writes later could fail in the middle.
 */
export function sqliteDialect(database: DatabaseSync, begin: 'begin' | 'begin immediate'): Dialect {
  const dialect = new SqliteDialect({ database: kyselyDatabase(database, begin) });
  return {
    createDriver: () => dialect.createDriver(),
    createQueryCompiler: () => dialect.createQueryCompiler(),
    createIntrospector: (db) => dialect.createIntrospector(db),
    // Without this, a kill in the middle of a migration leaves half of its tables behind.
    createAdapter: () => Object.defineProperty(new SqliteAdapter(), 'supportsTransactionalDdl', { value: true }),
  };
}

function kyselyDatabase(database: DatabaseSync, begin: string): SqliteDatabase {
  const prepared = new Map<string, SqliteStatement>();
  return {
    close: () => {
      prepared.clear();
      database.close();
    },
    prepare: (sql) => {
      const known = prepared.get(sql);
      if (known !== undefined) return known;
      const statement = kyselyStatement(database.prepare(sql === 'begin' ? begin : sql));
      const [oldest] = prepared.keys();
      if (prepared.size >= STATEMENTS_KEPT && oldest !== undefined) prepared.delete(oldest);
      prepared.set(sql, statement);
      return statement;
    },
  };
}

function kyselyStatement(statement: StatementSync): SqliteStatement {
  const reader = statement.columns().length > 0;
  return {
    reader,
    all: (parameters) => statement.all(...bound(parameters)),
    run: (parameters) => statement.run(...bound(parameters)),
    iterate: (parameters) => statement.iterate(...bound(parameters)),
  };
}

function bound(parameters: readonly unknown[]): SQLInputValue[] {
  return parameters.map((value) => (value === undefined ? null : (value as SQLInputValue)));
}
