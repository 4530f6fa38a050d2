import { DAY_MS, HOUR_MS, instant, MINUTE_MS, USAGE_DAYS_KEPT } from '@claviger/core';
import type { Store } from '@claviger/storage';
import type { DecisionClock } from '../clock.ts';
import type { Job } from './run-jobs.ts';

/** Puts what was counted into its hours once a minute: one write for each key, not one for each flush (D13). */
export function foldUsageJob(store: Pick<Store, 'usage'>): Job {
  return {
    name: 'fold-usage',
    everyMs: MINUTE_MS,
    run: async (stop) => {
      while (!stop.aborted && (await store.usage.fold()) > 0);
    },
  };
}

/** Deletes counts that are older than anybody may ask for. */
export function deleteOldUsageJob(store: Pick<Store, 'usage'>, clock: Pick<DecisionClock, 'storable'>): Job {
  return {
    name: 'delete-old-usage',
    everyMs: HOUR_MS,
    run: async (stop) => {
      const before = instant(Math.max(0, clock.storable() - USAGE_DAYS_KEPT * DAY_MS));
      while (!stop.aborted && (await store.usage.deleteBefore(before)) > 0);
    },
  };
}
