import type { FeedEntry } from '@claviger/contract';
import type { Version } from '@claviger/core';
import { createBackOff } from './back-off.ts';
import { createDeadline } from './deadline.ts';
import { fitReplica, type FollowDeps, type Following, giveUpOn, readFeed, takeEntries } from './following.ts';
import { hasPassed } from './positions.ts';

/** Milliseconds between reloads: a feed that keeps breaking is not reloaded in a storm (D4). */
const RELOAD_MS = { firstMs: 500, longestMs: 10_000 };
/** How often, and how many milliseconds each time, a committed change is tried before everything is refused until it is applied. */
const REACH_ATTEMPTS = 10;
const REACH_MS = 200;
const REACH_PAUSE_MS = 20;
/** Entries of one change that are taken in one go: some ten milliseconds. */
const ENTRIES_AT_ONCE = 500;

/** Keeps a verifier current. */
export type Follower = {
  /** Loads a snapshot and the changes since; resolves when the verifier is current for the first time, or at a stop. */
  start(): Promise<void>;
  /**
   * Takes what a change has just committed on this node (X1). When it resolves, every decision that starts from then on knows
   * of the change, or is `stale`. Safe under concurrent changes that arrive out of order.
   */
  accept(entries: readonly FeedEntry[]): Promise<void>;
  /** The same for a change of which only the version is known. */
  reach(version: Version): Promise<void>;
  /** Ends all reads and timers; the verifier goes stale within its bound. */
  stop(): Promise<void>;
};

/** Follows a feed (D2): first a snapshot, then every change in order, each one proved to follow the one before. */
export function followFeed(deps: FollowDeps): Follower {
  const jitter = deps.jitter ?? drawJitter;
  const following: Following = {
    ...deps,
    jitter,
    deadline: createDeadline(deps.clock),
    reloads: createBackOff(deps.clock, RELOAD_MS, jitter),
    started: Promise.withResolvers(),
    unfit: null,
    owesReload: false,
    reading: null,
    reloading: null,
    mustReadAgain: false,
    cancelTimer: () => undefined,
  };
  let unsubscribe = (): void => undefined;
  return {
    start: async () => {
      unsubscribe = deps.source.onWake(() => void readFeed(following));
      void readFeed(following);
      await following.started.promise;
    },
    accept: (entries) => acceptEntries(following, entries),
    reach: (version) => reachVersion(following, version),
    stop: async () => {
      following.deadline.stop();
      following.cancelTimer();
      unsubscribe();
      following.started.resolve();
      await Promise.all([following.reading, following.reloading]);
    },
  };
}

async function acceptEntries(following: Following, entries: readonly FeedEntry[]): Promise<void> {
  const last = entries.at(-1);
  if (last === undefined) return;
  const version = { epoch: last.epoch, n: last.n };
  // A change of very many keys goes in piece by piece: decisions are taken in between. Only its last piece counts as taken.
  for (let start = 0; start < entries.length - ENTRIES_AT_ONCE; start += ENTRIES_AT_ONCE) {
    const replica = fitReplica(following);
    if (replica !== null) takeEntries(following, replica, entries.slice(start, start + ENTRIES_AT_ONCE));
    await following.deadline.pause(0);
  }
  const replica = fitReplica(following);
  // When other changes lie between, nothing is taken here, which is no fault: the feed is read instead.
  const outcome = replica === null ? 'applied' : takeEntries(following, replica, entries.slice(-ENTRIES_AT_ONCE));
  if (replica !== null && outcome === 'does-not-follow' && hasPassed(replica.position, version)) {
    // This number is taken already, by another change: what stands here is not what was committed.
    following.verifier.doubt();
    giveUpOn(following, replica);
    await following.deadline.inTime(readFeed(following), REACH_MS).catch(() => undefined);
  }
  await reachVersion(following, version);
}

/** Should it fail, the change is in force all the same: then nothing is decided by the state before it (X1, D5). */
async function reachVersion(following: Following, version: Version): Promise<void> {
  const { verifier, deadline } = following;
  let formerN = Number.NaN;
  for (let attempt = 0; attempt < REACH_ATTEMPTS; attempt += 1) {
    const position = verifier.position();
    if (hasPassed(position, version)) return;
    // Behind a change of very many keys this one waits for its turn: as long as the feed moves on, nothing is wrong.
    if (position !== null && position.n > formerN) attempt = 0;
    formerN = position?.n ?? formerN;
    await deadline.inTime(readFeed(following), REACH_MS).catch(() => undefined);
    if (hasPassed(verifier.position(), version)) return;
    await deadline.pause(REACH_PAUSE_MS);
  }
  verifier.refuseUntil(version);
  verifier.alarm({ kind: 'change_not_applied', detail: `${version.epoch}.${version.n}` });
}

function drawJitter(): number {
  return (crypto.getRandomValues(new Uint32Array(1))[0] as number) / 2 ** 32;
}
