import { StoreFault } from '../faults.ts';

/** The result codes of SQLite that we know a meaning for (https://www.sqlite.org/rescode.html). */
const BUSY = 5;
const FULL = 13;
const NOT_A_DATABASE = 26;
const UNAVAILABLE: Readonly<Record<number, string>> = {
  [BUSY]: 'the database is locked by another connection for too long',
  6: 'the database is locked',
  8: 'the database cannot be written',
  10: 'the disk does not read or write',
  [FULL]: 'the disk is full',
  14: 'the database file cannot be opened',
  15: 'the database is locked by another connection for too long',
};
const DAMAGED: Readonly<Record<number, string>> = {
  11: 'the database file is damaged',
  [NOT_A_DATABASE]: 'the file is no SQLite database',
};

/** What an error of node:sqlite means, or null when it is none, or a mistake of ours. */
export function sqliteFault(error: unknown): StoreFault | null {
  const code = resultCodeOf(error);
  if (code === null) return null;
  const unavailable = UNAVAILABLE[code];
  if (unavailable !== undefined)
    return new StoreFault('unavailable', unavailable, { cause: error, isDiskFull: code === FULL });
  const damaged = DAMAGED[code];
  return damaged === undefined ? null : new StoreFault('damaged', damaged, { cause: error });
}

/** Whether somebody else holds the lock. */
export function isBusy(error: unknown): boolean {
  return resultCodeOf(error) === BUSY;
}

/** Whether a file is no SQLite database at all. */
export function isNotADatabase(error: unknown): boolean {
  return resultCodeOf(error) === NOT_A_DATABASE;
}

/** The primary result code; the rest of the number says where exactly. */
function resultCodeOf(error: unknown): number | null {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return null;
  return error.errcode & 0xff;
}
