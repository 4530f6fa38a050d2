import type { Instant, KeyId } from '@claviger/core';
import type { Installation } from './installation.ts';
import type { Log } from './logs.ts';
import { createUsageCounts } from './usage-counts.ts';

/** Milliseconds between two flushes: what is older is on disk, also after a kill (D13). */
const FLUSH_MS = 5_000;

/** The writing down that goes on until it is stopped. */
export type UsageFlush = {
  /** Writes down everything counted up to now; throws when it cannot. */
  flush(): Promise<void>;
  stop(): Promise<void>;
};

/**
 * Writes down when keys were last used, what was decided on them, and the time itself, every few seconds (D13, E9). A flush that fails is tried again
 * with the next one; it never delays a decision.
 */
export function startUsageFlush(
  installation: Pick<Installation, 'store' | 'verifier' | 'clock'>,
  log: Log,
): UsageFlush {
  const { store, verifier, clock } = installation;
  let isStopped = false;
  let cancel = (): void => undefined;
  let running: Promise<void> = Promise.resolve();
  /** Last uses that are not on disk yet; a flush that fails leaves them for the next. */
  const waiting = new Map<KeyId, Instant>();
  const counts = createUsageCounts();

  async function write(): Promise<void> {
    const now = clock.now();
    for (const used of verifier.drainUsage()) {
      const { keyId, lastUsedAt, wouldBeDenials } = used;
      counts.add(used, now);
      // The report of a list in monitor mode (I7): which keys it would stop, a line for each key and flush.
      if (wouldBeDenials > 0) log.info({ keyId, wouldBeDenials }, 'an IP allowlist in monitor mode would refuse a key');
      if (lastUsedAt !== null) waiting.set(keyId, lastUsedAt);
    }
    const storable = clock.storable();
    // By themselves: what failed after them must not count them twice.
    await store.usage.append(counts.all());
    counts.clear();
    await store.flush({ uses: [...waiting].map(([keyId, at]) => ({ keyId, at })), storable });
    clock.raise(storable);
    waiting.clear();
  }

  /** One after the other: a flush that ends must not clear what the next one has yet to write. */
  function flush(): Promise<void> {
    const flushed = running.then(write);
    running = flushed.catch(() => undefined);
    return flushed;
  }

  function run(): Promise<void> {
    return flush().catch((fault: unknown) => log.warn({ err: fault }, 'uses of keys could not be written down yet'));
  }

  function schedule(): void {
    if (isStopped) return;
    cancel = clock.after(FLUSH_MS, () => void run().then(schedule));
  }
  schedule();
  return {
    flush,
    stop: async () => {
      isStopped = true;
      cancel();
      await run();
    },
  };
}
