import type { Kysely } from 'kysely';
import { createAlone } from './alone.ts';
import { runChange } from './change.ts';
import { type Engine, faultsOf, type ReadDeps, readOnce } from './engine.ts';
import { createFeedSource } from './feed-source.ts';
import { writeFlush } from './flush.ts';
import { createHeadReader } from './head.ts';
import { endsAfter } from './key-ends.ts';
import { createOutbox } from './outbox-sending.ts';
import { createReader } from './reader.ts';
import type { Tables } from './schema.ts';
import { createSealedThings } from './sealed-things.ts';
import type { Store } from './store.ts';
import type { StoreDeps } from './store-deps.ts';
import { createTurns } from './turns.ts';
import { createUsageStore } from './usage.ts';
import { createWake } from './wake.ts';
import { createWebhookQueue } from './webhook-queue.ts';

/** The store over an engine whose database is migrated and whose chain was looked at. */
export function createStore(engine: Engine, deps: StoreDeps): Store {
  const heads = createHeadReader(deps);
  // A listener that throws is its own fault, told of as an uncaught one; it must not fail a change that is committed.
  const wake = createWake((error) => queueMicrotask(() => rethrow(error)));
  const stopListening = engine.onOthersChange(wake.wake);
  let closing: Promise<void> | null = null;
  const on = { engine, deps, heads, alone: createAlone(), turns: createTurns(), onCommit: wake.wake };
  const read = <T>(work: (db: Kysely<Tables>) => Promise<T>): Promise<T> => readOnce(on, work);
  return {
    engine: engine.dialect,
    read: (work) => read((db) => work(createReader(db, engine.dialect, deps))),
    change: (context, work) => runChange(on, context, work),
    feed: createFeedSource({ ...on, listen: wake.listen }),
    head: () => read((db) => heads.read(db, { lock: false })),
    endsAfter: (after) => read((db) => endsAfter(db, after)),
    flush: async (notes) => {
      await writeFlush((work) => write(on, work), engine.dialect, notes);
      engine.reserve.keep();
    },
    webhookQueue: createWebhookQueue((work) => write(on, work)),
    outbox: createOutbox({ dialect: engine.dialect, read, write: (work) => write(on, work) }),
    sealedThings: createSealedThings(read, (work) => write(on, work)),
    usage: createUsageStore((work) => write(on, work), engine.dialect),
    sealingCheck: () => read(sealingCheck),
    keepSealingCheck: (text) =>
      write(on, async (db) => {
        await db.updateTable('installation').set({ sealing_check: text }).where('id', '=', 1).execute();
      }),
    isReachable: () =>
      read(sealingCheck).then(
        () => true,
        () => false,
      ),
    close: () => {
      stopListening();
      closing ??= engine.close();
      return closing;
    },
  };
}

async function sealingCheck(db: Kysely<Tables>): Promise<string | null> {
  const row = await db.selectFrom('installation').select('sealing_check').where('id', '=', 1).executeTakeFirst();
  return row?.sealing_check ?? null;
}

/** Writes what needs no version and no event. */
async function write<T>(
  { engine, alone }: Pick<ReadDeps, 'engine' | 'alone'>,
  work: (db: Kysely<Tables>) => Promise<T>,
): Promise<T> {
  alone.enter();
  return faultsOf(engine, async () => {
    const transaction = await engine.beginChange();
    try {
      const value = await work(transaction);
      await transaction.commit().execute();
      return value;
    } catch (fault) {
      await transaction
        .rollback()
        .execute()
        .catch(() => undefined);
      throw fault;
    }
  });
}

function rethrow(error: unknown): never {
  throw error;
}
