import { type DecisionCode, HOUR_MS, type Instant, instant } from '@claviger/core';
import type { HourlyUsage } from '@claviger/storage';
import type { Verifier } from '@claviger/verifier';

type Drained = Pick<ReturnType<Verifier['drainUsage']>[number], 'keyId' | 'calls' | 'denials'>;

/** Counts that are not on disk yet, summed up while they cannot be written. */
export type UsageCounts = {
  /** Adds what was counted since the last flush, to the hour of the flush. */
  add(usage: Drained, now: Instant): void;
  all(): readonly HourlyUsage[];
  clear(): void;
};

/** Nothing counted yet. */
export function createUsageCounts(): UsageCounts {
  const waiting = new Map<string, HourlyUsage>();
  return {
    add: ({ keyId, calls, denials }, now) => {
      const hour = instant(now - (now % HOUR_MS));
      const name = `${keyId} ${hour}`;
      const counts: Partial<Record<DecisionCode, number>> = { ...waiting.get(name)?.counts };
      const counted = { ...denials, ...(calls > 0 ? { allowed: calls } : {}) };
      for (const [code, count] of Object.entries(counted) as [DecisionCode, number][]) {
        counts[code] = (counts[code] ?? 0) + count;
      }
      if (Object.keys(counts).length > 0) waiting.set(name, { keyId, hour, counts });
    },
    all: () => [...waiting.values()],
    clear: () => waiting.clear(),
  };
}
