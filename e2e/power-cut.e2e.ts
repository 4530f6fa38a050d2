import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CrashState, crashStates } from './support/crash-states.ts';
import { type DiskOperation, readDiskTrace, STRACE_ARGUMENTS } from './support/disk-trace.ts';
import type { Row } from './support/postgres.ts';
import { outputOf } from './support/program.ts';
import { seededRandom, seedOfRun } from './support/random.ts';
import { findChainBreaks, readStoredChain } from './support/stored-chain.ts';
import { makeTemporaryFolder, type TemporaryFolder } from './support/temporary-folder.ts';

const IS_FULL = process.env['RELIABILITY'] === 'full';
const CHANGES = IS_FULL ? 1_500 : 130;
const STATES_LEAST = IS_FULL ? 5_000 : 400;

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const verificationKey = publicKey.export({ type: 'spki', format: 'pem' }).toString();

let folder: TemporaryFolder;
beforeAll(() => {
  folder = makeTemporaryFolder('power-cut');
  writeFileSync(join(folder.path, 'signing-key'), privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
});
afterAll(() => folder?.delete());

/** Runs the writer under strace and answers with all that it did to its disk. */
async function trace(mode: 'store' | 'full' | 'normal', changes: number): Promise<readonly DiskOperation[]> {
  const written = join(folder.path, `written-${mode}`);
  const traceFile = join(folder.path, `trace-${mode}`);
  mkdirSync(written, { mode: 0o700 });
  const writer = [process.execPath, join(import.meta.dirname, 'support/traced-writer.ts'), mode, written];
  const args = [...STRACE_ARGUMENTS, '-o', traceFile, ...writer, join(folder.path, 'signing-key'), String(changes)];
  await outputOf({ name: 'strace', command: 'strace', args });
  return readDiskTrace(traceFile, written);
}

/** Lays a state out as a data folder, opens its database as the next start would, and looks at it. */
async function withDatabaseOf<T>(state: CrashState, look: (database: DatabaseSync) => T | Promise<T>): Promise<T> {
  const path = join(folder.path, 'cut');
  rmSync(path, { recursive: true, force: true });
  mkdirSync(path);
  for (const name of ['claviger.db', 'claviger.db-wal', 'claviger.db-journal']) {
    const content = state.files.get(name);
    if (content !== undefined) writeFileSync(join(path, name), content);
  }
  const database = new DatabaseSync(join(path, 'claviger.db'));
  try {
    return await look(database);
  } finally {
    database.close();
  }
}

async function findDamage(database: DatabaseSync, acknowledged: number): Promise<readonly string[]> {
  const rows = async (select: string): Promise<readonly Row[]> => database.prepare(select).all();
  const [integrity] = await rows('pragma integrity_check');
  if (integrity?.['integrity_check'] !== 'ok') return [`corrupt: ${String(integrity?.['integrity_check'])}`];
  if (acknowledged === 0) return [];
  const chain = await readStoredChain(rows);
  const version = Number(chain.head['version']);
  const lost = version < acknowledged ? [`${acknowledged} was acknowledged, ${version} is left`] : [];
  return [...lost, ...findChainBreaks(chain, verificationKey)];
}

test(
  'whatever a power cut leaves on the disk, no acknowledged change is lost and nothing is corrupt (A1)',
  async () => {
    const seed = seedOfRun();
    const damage: string[] = [];
    let states = 0;
    for (const state of crashStates(await trace('store', CHANGES), seededRandom(seed))) {
      states += 1;
      const found = await withDatabaseOf(state, (database) => findDamage(database, state.acknowledged));
      damage.push(...found.map((what) => `state ${states}: ${what}`));
    }
    console.log(`SEED=${seed}: ${states} states after a power cut`);
    expect(damage).toEqual([]);
    expect(states).toBeGreaterThanOrEqual(STATES_LEAST);
  },
  IS_FULL ? 3_600_000 : 300_000,
);

test.each([
  { synchronous: 'full', isLosing: false },
  { synchronous: 'normal', isLosing: true },
] as const)(
  'the method tells durable settings from others: synchronous=$synchronous',
  async ({ synchronous, isLosing }) => {
    let losses = 0;
    for (const state of crashStates(await trace(synchronous, 100), seededRandom(1))) {
      if ((await withDatabaseOf(state, lastNumber)) < state.acknowledged) losses += 1;
    }
    expect(losses > 0).toBe(isLosing);
  },
);

/** The last row that is left; 0 when not even the table is. */
function lastNumber(database: DatabaseSync): number {
  const table = database.prepare("select 1 from sqlite_master where name = 'changes'").get();
  if (table === undefined) return 0;
  return Number(database.prepare('select max(number) as last from changes').get()?.['last'] ?? 0);
}
