import type { DiskOperation } from './disk-trace.ts';
import type { Random } from './random.ts';

/** What a disk may hold after a power cut: of each file what was synced, and of what came later anything between nothing and all. */
export type CrashState = {
  readonly files: ReadonlyMap<string, Buffer>;
  /** The last change that the program had acknowledged by then. */
  readonly acknowledged: number;
};

type Pending = Extract<DiskOperation, { readonly kind: 'write' | 'truncate' }>;
type File = { synced: Buffer; pending: Pending[] };

/** Which of the unsynced writes got to the disk. */
export type Survival = 'none' | 'all' | 'some';

/**
 * Walks a trace and yields the states at which a power cut could have left the disk, just before and just after every sync
 * and acknowledgement: each time with one way in which the writes since the last sync survive.
 */
export function* crashStates(
  operations: readonly DiskOperation[],
  random: Random,
): Generator<CrashState, void, undefined> {
  const files = new Map<string, File>();
  let acknowledged = 0;
  for (const operation of operations) {
    const isTurningPoint = operation.kind === 'sync' || operation.kind === 'acknowledge';
    if (isTurningPoint) yield stateOf(files, acknowledged, random);
    if (operation.kind === 'acknowledge') acknowledged = operation.number;
    else if (operation.kind === 'sync') sync(files.get(operation.file));
    else if (operation.kind === 'delete') files.delete(operation.file);
    else fileNamed(files, operation.file).pending.push(operation);
    if (isTurningPoint) yield stateOf(files, acknowledged, random);
  }
}

function stateOf(files: ReadonlyMap<string, File>, acknowledged: number, random: Random): CrashState {
  const survival = random.pick<Survival>(['none', 'none', 'all', 'some', 'some']);
  const contents = [...files].map(([name, file]): [string, Buffer] => [name, contentOf(file, survival, random)]);
  return { acknowledged, files: new Map(contents) };
}

/** Disks write in any order, and may be cut off in the middle of a write. */
function contentOf({ synced, pending }: File, survival: Survival, random: Random): Buffer {
  if (survival === 'none') return synced;
  const kept = survival === 'all' ? pending : pending.filter(() => random.below(2) === 0);
  const last = kept.at(-1);
  if (survival === 'all' || last?.kind !== 'write') return kept.reduce(applied, synced);
  const torn = { ...last, bytes: last.bytes.subarray(0, random.below(last.bytes.length + 1)) };
  return [...kept.slice(0, -1), torn].reduce(applied, synced);
}

function sync(file: File | undefined): void {
  if (file === undefined) return;
  file.synced = file.pending.reduce(applied, file.synced);
  file.pending = [];
}

function fileNamed(files: Map<string, File>, name: string): File {
  const known = files.get(name);
  if (known !== undefined) return known;
  const made: File = { synced: Buffer.alloc(0), pending: [] };
  files.set(name, made);
  return made;
}

function applied(content: Buffer, operation: Pending): Buffer {
  if (operation.kind === 'truncate') return resized(content, operation.size);
  const { offset, bytes } = operation;
  const written = resized(content, Math.max(content.length, offset + bytes.length));
  bytes.copy(written, offset);
  return written;
}

/** Always a copy: earlier states keep their content. */
function resized(content: Buffer, size: number): Buffer {
  const made = Buffer.alloc(size);
  content.copy(made, 0, 0, Math.min(content.length, size));
  return made;
}
