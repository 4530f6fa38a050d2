import type { ControlledTransaction, Kysely } from 'kysely';
import type { Alone } from './alone.ts';
import type { Dialect } from './dialect.ts';
import type { StoreFault } from './faults.ts';
import type { Reserve } from './reserve.ts';
import type { Tables } from './schema.ts';

/** What differs between the two databases; everything else of the store is written once, over this. */
export type Engine = {
  readonly dialect: Dialect;
  /** Begins a transaction that may write. On SQLite there is one at a time. */
  beginChange(): Promise<ControlledTransaction<Tables>>;
  /** Begins a transaction that sees one state and never writes, for a moment. */
  beginRead(): Promise<ControlledTransaction<Tables>>;
  /** The same for as long as a snapshot takes to travel: neither changes nor other reads wait for it. */
  beginSnapshot(): Promise<SnapshotTransaction>;
  /** Inside a change, at its very end: lets other processes know after the commit. */
  wakeOthers(db: Kysely<Tables>): Promise<void>;
  /** Calls back when another process has changed something, perhaps late, doubled or not at all. */
  onOthersChange(listener: () => void): () => void;
  /** Room for changes that take something away, on a disk that is full (A2). */
  readonly reserve: Reserve;
  /** What an engine's own error means, or null when it is none that we know. */
  faultOf(error: unknown): StoreFault | null;
  close(): Promise<void>;
};

/** A long read, and how to let go of it. */
export type SnapshotTransaction = { readonly db: Kysely<Tables>; end(): Promise<void> };

/** What a read runs on. */
export type ReadDeps = { readonly engine: Engine; readonly alone: Alone };

/** Runs a read to its end; a fault of the engine comes out as a `StoreFault`. */
export async function readOnce<T>({ engine, alone }: ReadDeps, work: (db: Kysely<Tables>) => Promise<T>): Promise<T> {
  alone.enter();
  return faultsOf(engine, async () => {
    const transaction = await engine.beginRead();
    try {
      return await alone.run(() => work(transaction));
    } finally {
      // A read has nothing to keep; on a connection that is gone there is nothing to end either.
      await transaction
        .rollback()
        .execute()
        .catch(() => undefined);
    }
  });
}

/** Turns an engine's errors into faults: a database that is away is one thing to a caller, whichever it is. */
export async function faultsOf<T>(engine: Engine, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw engine.faultOf(error) ?? error;
  }
}
