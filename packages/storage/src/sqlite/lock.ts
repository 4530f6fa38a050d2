import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { StartRefusal } from '../faults.ts';
import { isBusy } from './faults.ts';

/** Holds a data folder for this process alone, until it is given back or the process ends, however it ends. */
export type FolderLock = { release(): void };

/**
 * Takes the lock of a data folder, or refuses: two writers on one folder would each believe to be the only one (Q5).
 * It is the operating system's lock on `lock.db`, so a kill leaves nothing behind. Nobody else in this process may
 * open and close that file: that would give the lock away.
 */
export function lockFolder(folder: string): FolderLock {
  const path = join(folder, 'lock.db');
  const database = openLock(path);
  try {
    database.exec('begin exclusive');
  } catch (error) {
    database.close();
    if (!isBusy(error))
      throw new StartRefusal(`The lock ${path} cannot be taken: ${messageOf(error)}`, { cause: error });
    throw new StartRefusal(
      `Another process of Claviger is using the data folder ${folder}: stop it first, or give this one a folder of its own.`,
      { cause: error },
    );
  }
  return { release: () => database.close() };
}

function openLock(path: string): DatabaseSync {
  try {
    // No waiting: a process that holds the lock holds it for as long as it runs.
    return new DatabaseSync(path, { timeout: 0 });
  } catch (error) {
    throw new StartRefusal(
      `The data folder cannot be used (${path}: ${messageOf(error)}): check that it exists and belongs to this user.`,
      { cause: error },
    );
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
