import { randomBytes } from 'node:crypto';
import type { FeedEntry, FeedRecord } from '@claviger/contract';
import { type Instant, instant } from '@claviger/core';
import { createVerifier, followFeed, systemDigests, systemVerifierClock, type Verifier } from '@claviger/verifier';
import type { DataPlaneDeps } from '../data-plane-deps.ts';
import { createDataPlane, type DataPlane } from '../listener.ts';
import { NO_ROUTE_RULES } from '../route-rules.ts';
import { createFixedFeed } from './fixed-feed.ts';

/** Decision time in tests, unless they move it. */
export const NOW = instant(1_780_000_000_000);
const STALENESS_MS = 60_000;

/** A data plane on a free port of loopback, with everything that a test turns or reads. */
export type RunningDataPlane = {
  readonly port: number;
  readonly dataPlane: DataPlane;
  readonly verifier: Verifier;
  /** Applies a change, as a commit on this node would. */
  readonly change: (record: FeedRecord) => Promise<FeedEntry>;
  readonly setNow: (now: number) => void;
  /** Makes the verifier believe that so much time went by since it was last confirmed. */
  readonly passStaleness: () => void;
  readonly faults: unknown[];
  readonly misplaced: string[];
  readonly stop: () => Promise<void>;
};

/** Starts a data plane that decides from these records; `stop` it in the end. */
export async function runDataPlane(
  records: readonly FeedRecord[],
  changes: Partial<DataPlaneDeps> & { readonly isUnloaded?: boolean } = {},
): Promise<RunningDataPlane> {
  const followed = follow(records);
  const { verifier, clock, follower } = followed;
  if (changes.isUnloaded !== true) await follower.start();
  const faults: unknown[] = [];
  const misplaced: string[] = [];
  const dataPlane = createDataPlane({
    verifier,
    clock,
    randomBytes: (count) => randomBytes(count),
    routes: NO_ROUTE_RULES,
    trustedProxies: [],
    publicUrl: 'https://keys.example',
    onFault: (fault) => faults.push(fault),
    onMisplacedKey: (keyId) => misplaced.push(keyId),
    ...changes,
  });
  const { port } = await dataPlane.start({ host: '127.0.0.1', port: 0 });
  const stop = async (): Promise<void> => {
    await follower.stop();
    await dataPlane.close();
  };
  const { change, setNow, passStaleness } = followed;
  return { port, dataPlane, verifier, change, setNow, passStaleness, faults, misplaced, stop };
}

/** A verifier that follows a feed of these records, on a clock whose decision time stands still. */
function follow(records: readonly FeedRecord[]) {
  const time: { now: Instant; addedMs: number } = { now: NOW, addedMs: 0 };
  const system = systemVerifierClock();
  const clock = { ...system, now: () => time.now, monotonicMs: () => system.monotonicMs() + time.addedMs };
  const feed = createFixedFeed(records);
  const acceptedPrefixes = ['clv', 'old'];
  const verifier = createVerifier({ ...systemDigests, clock, acceptedPrefixes, stalenessMs: STALENESS_MS });
  const follower = followFeed({ ...systemDigests, verifier, source: feed, clock, pollMs: 30_000 });
  return {
    verifier,
    clock,
    follower,
    change: async (record: FeedRecord): Promise<FeedEntry> => {
      const entry = feed.append(record);
      await follower.accept([entry]);
      return entry;
    },
    setNow: (now: number): void => {
      time.now = instant(now);
    },
    passStaleness: (): void => {
      time.addedMs += STALENESS_MS + 1;
    },
  };
}
