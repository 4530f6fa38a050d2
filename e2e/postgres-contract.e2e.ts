import { openPostgres } from '@claviger/storage';
import { afterAll, beforeAll } from 'vitest';
import { concurrencyContract, nodesContract } from '../packages/storage/src/contract-tests/concurrency-contract.ts';
import type { TestDatabase } from '../packages/storage/src/contract-tests/database.ts';
import { storeContract } from '../packages/storage/src/contract-tests/store-contract.ts';
import { type Postgres, startPostgres } from './support/postgres.ts';

let postgres: Postgres;
let database = '';
beforeAll(async () => {
  postgres = await startPostgres({ isDurable: false });
  database = await postgres.newDatabase();
});
afterAll(() => postgres?.delete());

/** A schema of its own for each test, on one server. */
async function newDatabase(): Promise<TestDatabase> {
  const url = await postgres.newSchema(database);
  return {
    open: (deps) => openPostgres(deps, { url }),
    execute: async (sql) => {
      if (/^\s*select\b/i.test(sql)) return postgres.query(url, sql);
      await postgres.execute(url, sql);
      return [];
    },
    // The whole server goes in the end.
    dispose: async () => undefined,
  };
}

storeContract('a real PostgreSQL', newDatabase);
concurrencyContract('a real PostgreSQL', newDatabase);
nodesContract('a real PostgreSQL', newDatabase);
