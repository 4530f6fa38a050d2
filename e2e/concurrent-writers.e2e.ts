import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { FeedEntry, FeedPosition } from '@claviger/contract';
import { GENESIS_HASH, linkHash } from '@claviger/core';
import { openPostgres, type Store } from '@claviger/storage';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAccount } from './support/account-writer.ts';
import { type Postgres, startPostgres } from './support/postgres.ts';
import { outputOf } from './support/program.ts';
import { seededRandom, seedOfRun } from './support/random.ts';
import { sha256, storeDeps } from './support/store-deps.ts';
import { findChainBreaks, readStoredChain } from './support/stored-chain.ts';
import { makeTemporaryFolder, type TemporaryFolder } from './support/temporary-folder.ts';

const WRITERS = 8;
const CHANGES_EACH = 420;
/** Entries in one look at the feed, at most. */
const PAGE_MOST = 50;
/** A wake-up may be lost: readers look again by themselves. */
const LOOK_AGAIN_MS = 250;

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const signingKey = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const verificationKey = publicKey.export({ type: 'spki', format: 'pem' }).toString();

let postgres: Postgres;
let folder: TemporaryFolder;
let url = '';
beforeAll(async () => {
  folder = makeTemporaryFolder('writers');
  writeFileSync(join(folder.path, 'signing-key'), signingKey, { mode: 0o600 });
  postgres = await startPostgres({ isDurable: false });
  url = await postgres.newDatabase();
});
afterAll(async () => {
  await postgres?.delete();
  folder?.delete();
});

test('a reader that is restarted again and again misses and doubles nothing while eight programs write (D2, A4)', async () => {
  const seed = seedOfRun();
  console.log(`SEED=${seed}`);
  const deps = storeDeps(signingKey);
  const store = await openPostgres(deps, { url });
  // Half of the writers share their account with another one: some wait for their account, all for the counter.
  const accounts: string[] = [];
  for (let index = 0; index < WRITERS / 2; index += 1) accounts.push(await createAccount(store, `account ${index}`));
  const before = (await store.head()).n;
  await store.close();

  const writing = Promise.all(
    Array.from({ length: WRITERS }, (_, index) => runWriter(accounts[index % accounts.length] ?? '', seed + index)),
  );
  const { entries, restarts } = await follow(() => openPostgres(deps, { url }), { seed, writing });
  const written = await writing;

  const committed = written.flatMap((writer) => writer.versions).toSorted((a, b) => a - b);
  const takenBack = written.reduce((sum, writer) => sum + writer.takenBack, 0);
  console.log(
    `${committed.length} versions committed, ${takenBack} changes taken back, the reader started ${restarts} times`,
  );
  expect(committed.length).toBeGreaterThanOrEqual(3_000);
  expect(takenBack).toBeGreaterThanOrEqual(WRITERS * CHANGES_EACH * 0.05);
  expect(restarts).toBeGreaterThanOrEqual(20);
  // Every version that a writer was promised, once each, in order, without a gap: missed, doubled and lost are all told here.
  expect(entries.slice(before).map((entry) => entry.n)).toEqual(committed);
  expect(committed).toEqual(Array.from(committed, (_, index) => before + index + 1));
  expect(findChainBreaks(await readStoredChain((select) => postgres.query(url, select)), verificationKey)).toEqual([]);
});

/** A program of its own that commits changes and takes some back; says which versions it was promised. */
async function runWriter(
  accountId: string,
  seed: number,
): Promise<{ readonly versions: readonly number[]; readonly takenBack: number }> {
  const file = join(import.meta.dirname, 'support/writer-process.ts');
  const args = [file, url, join(folder.path, 'signing-key'), accountId, String(CHANGES_EACH), String(seed)];
  const output = await outputOf({ name: 'a writer', command: process.execPath, args });
  return JSON.parse(output) as { versions: number[]; takenBack: number };
}

/** Follows the feed to its end; every few pages the reader starts anew from the position it has kept. */
async function follow(
  open: () => Promise<Store>,
  { seed, writing }: { readonly seed: number; readonly writing: Promise<unknown> },
): Promise<{ readonly entries: readonly FeedEntry[]; readonly restarts: number }> {
  const random = seededRandom(seed);
  const entries: FeedEntry[] = [];
  let position: FeedPosition = { epoch: 1, n: 0, hash: GENESIS_HASH };
  let isDone = false;
  const done = writing.finally(() => {
    isDone = true;
  });
  let isAtEnd = false;
  let restarts = 0;
  while (!isAtEnd) {
    const store = await open();
    restarts += 1;
    for (let pages = random.below(40); pages >= 0 && !isAtEnd; pages -= 1) {
      // Asked before the look: what was committed until here is in it.
      const isLast = isDone;
      const page = await nextPage(store, position, 1 + random.below(PAGE_MOST));
      entries.push(...page);
      position = page.reduce(positionAfter, position);
      isAtEnd = isLast && page.length === 0;
      if (page.length === 0 && !isAtEnd) await Promise.race([woken(store), done, pause(LOOK_AGAIN_MS)]);
    }
    await store.close();
  }
  return { entries, restarts };
}

async function nextPage(store: Store, position: FeedPosition, limit: number): Promise<readonly FeedEntry[]> {
  const tail = await store.feed.tail(position, limit);
  if (tail.kind === 'reload') throw new Error(`version ${position.n} is said not to be part of the feed's history`);
  return tail.entries;
}

/** The place after an entry, checked as a verifier does: number, hash before, and both digests follow (D2). */
function positionAfter(position: FeedPosition, entry: FeedEntry): FeedPosition {
  const { previous_hash: previousHash, event_digest: eventDigest, record_digest: recordDigest } = entry;
  expect(entry).toMatchObject({ epoch: position.epoch, n: position.n + 1, previous_hash: position.hash });
  expect(sha256(entry.record ?? '')).toBe(recordDigest);
  expect(linkHash({ previousHash, eventDigest, recordDigest }, sha256)).toBe(entry.hash);
  return { epoch: entry.epoch, n: entry.n, hash: entry.hash };
}

function woken(store: Store): Promise<void> {
  return new Promise((resolve) => {
    const stop = store.feed.onWake(() => {
      stop();
      resolve();
    });
  });
}
