import { PGlite } from '@electric-sql/pglite';
import { Kysely, PGliteDialect } from 'kysely';
import { afterAll, beforeAll } from 'vitest';
import type { TestDatabase } from './contract-tests/database.ts';
import { storeContract } from './contract-tests/store-contract.ts';
import { createStore } from './create-store.ts';
import { openHead } from './head.ts';
import { migrate } from './migrations/migrate.ts';
import { postgresEngine } from './postgres/engine.ts';
import type { Tables } from './schema.ts';
import type { Store } from './store.ts';
import type { StoreDeps } from './store-deps.ts';

// Starting one takes seconds: all tests of this file share it, each in a schema of its own.
let pglite: PGlite;
let schemas = 0;
const INT8 = 20;

beforeAll(async () => {
  pglite = await PGlite.create({ parsers: { [INT8]: Number } });
});
afterAll(() => pglite.close());

storeContract('the dialect of PostgreSQL', async (): Promise<TestDatabase> => {
  schemas += 1;
  const schema = `contract_${schemas}`;
  await pglite.exec(`create schema ${schema}; set search_path to ${schema}`);
  return {
    open: (deps) => openOn(deps, schema),
    execute: async (sql) => (await pglite.query<Record<string, unknown>>(sql)).rows,
    dispose: async () => {
      await pglite.exec(`drop schema ${schema} cascade`);
    },
  };
});

async function openOn(deps: StoreDeps, schema: string): Promise<Store> {
  const db = new Kysely<Tables>({ dialect: new PGliteDialect({ pglite }) });
  await migrate(db, 'postgres', schema);
  await openHead(db, deps);
  // Never destroyed: that would close the database that all tests share.
  const close = async (): Promise<void> => undefined;
  return createStore(postgresEngine({ main: db, snapshots: db, listener: null, close }), deps);
}
