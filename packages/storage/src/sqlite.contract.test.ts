import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { concurrencyContract } from './contract-tests/concurrency-contract.ts';
import type { TestDatabase } from './contract-tests/database.ts';
import { storeContract } from './contract-tests/store-contract.ts';
import { openSqlite } from './sqlite/open.ts';

async function openDatabase(): Promise<TestDatabase> {
  const folder = mkdtempSync(join(tmpdir(), 'claviger-contract-'));
  return {
    open: (deps) => openSqlite(deps, { folder }),
    execute: async (sql) => {
      const database = new DatabaseSync(join(folder, 'claviger.db'));
      try {
        return database.prepare(sql).all();
      } finally {
        database.close();
      }
    },
    dispose: async () => rmSync(folder, { recursive: true }),
  };
}

storeContract('SQLite', openDatabase);
concurrencyContract('SQLite', openDatabase);
