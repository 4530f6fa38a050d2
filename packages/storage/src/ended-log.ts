import { formatVersion, instant, type KeyId, parseVersion, type AccountId, type Version } from '@claviger/core';
import { type LogFile, openLogFile } from './ended-log-file.ts';
import { StartRefusal, StoreFault } from './faults.ts';
import type { KeyEnd, Store } from './store.ts';

/**
 * `ended.log`: every end of a key for good, one JSON line each, on disk before the end is answered (D3). No backup holds
 * it, so a restored database cannot revive what it says is dead.
 */
export type EndedLog = {
  /**
   * Resolves once these ends, and all handed over before, are on disk; ends that come while a sync runs share the next one.
   * A full or broken disk is the fault `unavailable`: the ends wait and go with the next call, be it with none of its own.
   */
  append(ends: readonly KeyEnd[]): Promise<void>;
  /** Up to this version no end is missing; null when that is not known of any. */
  lastVersion(): Version | null;
  /** Notes that up to this version no end is missing. */
  markComplete(upTo: Version): Promise<void>;
  /** All ends, in the order they were written; some twice. */
  list(): Promise<readonly KeyEnd[]>;
  close(): Promise<void>;
};

/** Opens the log and cuts off a last line that a power cut has torn: it was never answered for. */
export async function openEndedLog(path: string): Promise<EndedLog> {
  return createEndedLog(path, await openLogFile(path));
}

/**
 * Adds what a crash, or another node, kept from the log. Versions are committed in order, but answered in any: the last
 * line says nothing about the lines before it, so everything after the last known complete version is added once more.
 */
export async function completeEndedLog(log: EndedLog, store: Pick<Store, 'head' | 'endsAfter'>): Promise<void> {
  const { epoch, n } = await store.head();
  await log.append(await store.endsAfter(log.lastVersion()));
  await log.markComplete({ epoch, n });
}

/** The log over an opened file. */
export async function createEndedLog(path: string, file: LogFile): Promise<EndedLog> {
  const stored = linesOf(await file.readAll());
  let complete = lastCompleteOf(stored);
  let waiting: readonly string[] = [];
  let running: Promise<void> = Promise.resolve();
  const flush = async (): Promise<void> => {
    const taken = waiting;
    if (taken.length === 0) return;
    try {
      await file.appendSynced(taken.join(''));
    } catch (error) {
      throw new StoreFault('unavailable', `the ends of keys could not be kept in ${path}`, { cause: error });
    }
    waiting = waiting.slice(taken.length);
  };
  const write = (lines: readonly string[]): Promise<void> => {
    waiting = [...waiting, ...lines];
    const mine = running.then(flush);
    // The next one runs whatever became of this one; who handed it over hears of the fault.
    running = mine.catch(() => undefined);
    return mine;
  };
  return {
    append: (ends) => write(ends.map(lineOf)),
    lastVersion: () => complete,
    markComplete: async (upTo) => {
      if (complete?.epoch === upTo.epoch && complete.n === upTo.n) return;
      await write([`${JSON.stringify({ complete_to: formatVersion(upTo) })}\n`]);
      complete = upTo;
    },
    list: async () => {
      await running;
      return linesOf(await file.readAll()).flatMap((line, index) => endFrom(line, `${path}, line ${index + 1}`));
    },
    close: async () => {
      await running;
      await file.close();
    },
  };
}

function lineOf(end: KeyEnd): string {
  return `${JSON.stringify({
    account_id: end.accountId,
    key_id: end.keyId,
    how: end.how,
    at: end.at,
    version: formatVersion(end.version),
  })}\n`;
}

type Line = {
  readonly complete_to?: string;
  readonly account_id?: string;
  readonly key_id?: string;
  readonly how?: string;
  readonly at?: number;
  readonly version?: string;
};

function endFrom(text: string, place: string): readonly KeyEnd[] {
  const line = parseLine(text, place);
  if (line.complete_to !== undefined) return [];
  const version = parseVersion(line.version ?? '');
  const { how } = line;
  if (version === null || line.key_id === undefined || (how !== 'deleted' && how !== 'force_expired'))
    throw unreadable(place);
  return [
    { accountId: line.account_id as AccountId, keyId: line.key_id as KeyId, how, at: instant(line.at ?? 0), version },
  ];
}

function parseLine(text: string, place: string): Line {
  try {
    return JSON.parse(text) as Line;
  } catch {
    throw unreadable(place);
  }
}

function unreadable(place: string): StartRefusal {
  return new StartRefusal(
    `The log of ended keys cannot be read (${place}): move the file away and start again; it is written anew from the audit log.`,
  );
}

/** Lines without their ends. */
function linesOf(text: string): readonly string[] {
  return text === '' ? [] : text.slice(0, -1).split('\n');
}

function lastCompleteOf(lines: readonly string[]): Version | null {
  const line = lines.findLast((text) => text.startsWith('{"complete_to"'));
  return line === undefined ? null : parseVersion(/"(\d+\.\d+)"/.exec(line)?.[1] ?? '');
}
