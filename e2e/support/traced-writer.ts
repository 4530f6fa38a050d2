import { openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openSqlite } from '@claviger/storage';
import { createAccount, writeChange } from './account-writer.ts';
import { storeDeps } from './store-deps.ts';

/**
 * Writes in a database under strace, and notes in a file beside it what is acknowledged: the number of the last change.
 * `normal` writes rows of its own with SQLite's `synchronous=normal`, which our store refuses: the trace must show why.
 */
const [mode = '', folder = '', keyFile = '', changes = ''] = process.argv.slice(2);
const acknowledgements = openSync(join(folder, 'acknowledged'), 'w');
const acknowledge = (number: number): void => void writeSync(acknowledgements, `${number}\n`);

if (mode === 'store') {
  const store = await openSqlite(storeDeps(readFileSync(keyFile, 'utf8')), { folder });
  const accountId = await createAccount(store, 'traced');
  for (let serial = 0; serial < Number(changes); serial += 1) {
    const outcome = await writeChange(store, accountId, { serial, end: serial % 10 === 9 ? 'failed' : 'kept' });
    if (typeof outcome !== 'string') acknowledge(outcome.versions.at(-1) ?? 0);
  }
  await store.close();
} else {
  const database = new DatabaseSync(join(folder, 'claviger.db'));
  database.exec(`pragma journal_mode = wal; pragma synchronous = ${mode}; create table changes (number integer)`);
  const insert = database.prepare('insert into changes values (?)');
  for (let number = 1; number <= Number(changes); number += 1) {
    insert.run(number);
    acknowledge(number);
  }
  database.close();
}
