import type { FeedPosition, FeedTail, SnapshotPart } from '@claviger/contract';
import { ask, createFollowedVerifier, type FollowedVerifier, settle } from './followed-verifier.ts';
import { createMemoryFeed, type MemoryFeed } from './memory-feed.ts';
import { accountRecord, keyRecord, keyTextNumber, userRecord } from './sample-records.ts';

/** A started follower; `code` is the verdict on the key with that number. */
export type StartedFollower = FollowedVerifier & {
  readonly feed: MemoryFeed;
  readonly code: (number: number) => string;
};

/** A started follower of a feed with account, Owner and key 1. */
export async function startFollower(): Promise<StartedFollower> {
  const feed = createMemoryFeed();
  for (const record of [accountRecord(), userRecord(), keyRecord(1)]) feed.append(record);
  const followed = createFollowedVerifier(feed);
  await followed.follower.start();
  // So that the back-off of reloads does not hold back the next one.
  followed.clock.pass(600);
  await settle();
  const code = (number: number): string =>
    followed.verifier.decide(ask(keyTextNumber(number), followed.clock.now())).code;
  return { ...followed, feed, code };
}

/** Has every read of the tail answer with these entries, at this head. */
export function serve(feed: MemoryFeed, entries: readonly unknown[], head: FeedPosition = feed.head()): void {
  const page = { kind: 'entries', entries, head } as FeedTail;
  Object.assign(feed, { tail: () => Promise.resolve(page) });
}

/** A read of the tail that fails. */
export function brokenTail(): Promise<FeedTail> {
  return Promise.reject(new Error('down'));
}

/** A snapshot that breaks off before it began. */
export async function* brokenSnapshot(): AsyncGenerator<SnapshotPart> {
  yield await Promise.reject(new Error('down'));
}

/** Counts the snapshots that are asked for. */
export function countSnapshots(feed: MemoryFeed): { count: number } {
  const counted = { count: 0 };
  const snapshot = feed.snapshot.bind(feed);
  Object.assign(feed, {
    snapshot: () => {
      counted.count += 1;
      return snapshot();
    },
  });
  return counted;
}
