import { DAY_MS, instant, MINUTE_MS } from '@claviger/core';
import type { Store } from '@claviger/storage';
import type { DecisionClock } from '../clock.ts';
import type { Job } from './run-jobs.ts';

/** Milliseconds. How long a mail is kept that was delivered, given up or dropped. */
const KEPT_MS = 30 * DAY_MS;
const EVERY_MS = 60 * MINUTE_MS;

/** Deletes mails that were settled long ago; the audit log keeps what they told of. */
export function deleteOldMailsJob(store: Pick<Store, 'outbox'>, clock: Pick<DecisionClock, 'storable'>): Job {
  return {
    name: 'delete-old-mails',
    everyMs: EVERY_MS,
    run: async (stop) => {
      const before = instant(Math.max(0, clock.storable() - KEPT_MS));
      // A portion at a time: between them others may write.
      while (!stop.aborted && (await store.outbox.deleteSettled(before)) > 0);
    },
  };
}
