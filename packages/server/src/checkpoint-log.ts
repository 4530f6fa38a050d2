import {
  type Checkpoint,
  checkpointLine,
  checkpointText,
  formatInstant,
  type Instant,
  parseCheckpointLine,
} from '@claviger/core';
import { openLogFile, type Store } from '@claviger/storage';
import type { LogSigner } from './store-deps.ts';

/** The checkpoints of an installation, in a file beside its database that only grows (A4). */
export type CheckpointLog = {
  /** All that this node has taken, oldest first. */
  list(): readonly Checkpoint[];
  /** Takes one when something changed since the last; null when nothing did. On disk when it resolves. */
  take(now: Instant): Promise<Checkpoint | null>;
  close(): Promise<void>;
};

/** Opens or makes the file. A line that is none of ours is left where it is, and is no checkpoint. */
export async function openCheckpointLog(
  path: string,
  deps: { readonly store: Pick<Store, 'head'>; readonly signer: Pick<LogSigner, 'sign'> },
): Promise<CheckpointLog> {
  const file = await openLogFile(path);
  const taken = (await file.readAll()).split('\n').flatMap((line) => parseCheckpointLine(line) ?? []);
  return {
    list: () => taken,
    take: async (now) => {
      const { epoch, n: version, hash } = await deps.store.head();
      const last = taken.at(-1);
      if (version === 0 || (last?.hash === hash && last.epoch === epoch)) return null;
      const unsigned = { epoch, version, hash, time: formatInstant(now) };
      const checkpoint = { ...unsigned, signature: deps.signer.sign(checkpointText(unsigned)) };
      await file.appendSynced(`${checkpointLine(checkpoint)}\n`);
      taken.push(checkpoint);
      return checkpoint;
    },
    close: () => file.close(),
  };
}
