import type { DatabaseSync } from 'node:sqlite';
import { StartRefusal } from '../faults.ts';

/** Versions before this one have faults in what we rely on. */
const OLDEST_SQLITE = [3, 51, 3] as const;

/** The numbers under which SQLite reports `synchronous`. */
const SYNCHRONOUS_FULL = 2;
const SYNCHRONOUS_EXTRA = 3;

/**
 * Refuses a connection that could lose what was answered for: `synchronous=NORMAL` passes every kill test and loses rows
 * in a power cut. The settings are read back, since SQLite ignores a pragma it does not understand without a word.
 */
export function refuseUnlessDurable(database: DatabaseSync): void {
  const journal = pragma(database, 'journal_mode');
  if (journal !== 'wal') {
    throw new StartRefusal(
      `SQLite does not keep a write-ahead log here (journal_mode is ${journal}): put the data folder on a local disk.`,
    );
  }
  const synchronous = pragma(database, 'synchronous');
  if (synchronous !== SYNCHRONOUS_FULL && synchronous !== SYNCHRONOUS_EXTRA) {
    throw new StartRefusal(
      `SQLite would not wait for the disk (synchronous is ${synchronous}, must be ${SYNCHRONOUS_FULL}, FULL): ` +
        'a power cut could lose answered changes. Open it with synchronous=FULL.',
    );
  }
  if (pragma(database, 'foreign_keys') !== 1) {
    throw new StartRefusal('SQLite does not keep references (foreign_keys is off): open it with foreign_keys=on.');
  }
}

/** Refuses a SQLite that is too old. */
export function refuseOldSqlite(version: string): void {
  const parts = version.split('.').map(Number);
  for (const [index, oldest] of OLDEST_SQLITE.entries()) {
    const part = parts[index] ?? 0;
    if (part > oldest) return;
    if (part < oldest || Number.isNaN(part)) {
      throw new StartRefusal(
        `SQLite ${version} is too old: ${OLDEST_SQLITE.join('.')} or newer is needed. Start with the Node that Claviger brings along.`,
      );
    }
  }
}

/** Reads one setting of a connection. */
export function pragma(database: DatabaseSync, name: string): string | number | null {
  const row = database.prepare(`pragma ${name}`).get();
  const value = row === undefined ? null : (Object.values(row)[0] ?? null);
  return typeof value === 'string' || typeof value === 'number' ? value : null;
}
