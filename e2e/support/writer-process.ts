import { readFileSync } from 'node:fs';
import { parseAccountId } from '@claviger/core';
import { openPostgres } from '@claviger/storage';
import { writeChange } from './account-writer.ts';
import { seededRandom } from './random.ts';
import { storeDeps } from './store-deps.ts';

/** Percent of the changes that are taken back after they were written. */
const TAKEN_BACK_PERCENT = 10;

/** One of several programs that write in the same database. Prints what it committed, as JSON. */
const [url = '', keyFile = '', account = '', changes = '', seed = ''] = process.argv.slice(2);
const accountId = parseAccountId(account);
if (accountId === null) throw new Error(`not an account: ${account}`);
const random = seededRandom(Number(seed));
const store = await openPostgres(storeDeps(readFileSync(keyFile, 'utf8')), { url });
const versions: number[] = [];
let takenBack = 0;
for (let serial = 0; serial < Number(changes); serial += 1) {
  const isKept = random.below(100) >= TAKEN_BACK_PERCENT;
  const outcome = await writeChange(store, accountId, {
    serial,
    end: isKept ? 'kept' : random.pick(['refused', 'failed']),
  });
  if (typeof outcome === 'string') takenBack += 1;
  else versions.push(...outcome.versions);
}
await store.close();
console.log(JSON.stringify({ versions, takenBack }));
