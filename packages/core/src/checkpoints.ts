import { type ChainHead, headText } from './audit-chain.ts';

/** A signed head that is kept outside the database, so that an older log put back is noticed (A4). */
export type Checkpoint = ChainHead & {
  /** When it was taken, as RFC 3339. */
  readonly time: string;
  /** Of `checkpointText`, hex. */
  readonly signature: string;
};

const CHECKPOINT_FORMAT = 'claviger-checkpoint-1';

/** The text that the signature of a checkpoint covers: where the chain stood, and when (A4). */
export function checkpointText(checkpoint: Omit<Checkpoint, 'signature'>): string {
  return `${CHECKPOINT_FORMAT}\n${headText(checkpoint)}\n${checkpoint.time}`;
}

/** A checkpoint as one line of a file. */
export function checkpointLine({ epoch, version, hash, time, signature }: Checkpoint): string {
  return JSON.stringify({ object: 'checkpoint', epoch, version, hash, time, signature });
}

/** Reads a line back; null for anything that `checkpointLine` does not write. Its signature is not looked at. */
export function parseCheckpointLine(line: string): Checkpoint | null {
  try {
    const value = JSON.parse(line) as Checkpoint;
    return checkpointLine(value) === line && isWellFormed(value) ? value : null;
  } catch {
    return null; // no JSON, or no object: the caller says which line
  }
}

function isWellFormed({ epoch, version, hash, time, signature }: Checkpoint): boolean {
  const areNumbers = Number.isSafeInteger(epoch) && Number.isSafeInteger(version);
  return areNumbers && [hash, time, signature].every((text) => typeof text === 'string');
}
