import type { FeedRecord } from '@claviger/contract';
import type { DecisionCode } from '@claviger/core';
import type { LocalQuestion } from '../verifier.ts';
import { ask, createFollowedVerifier, type FollowedVerifier } from './followed-verifier.ts';
import { createMemoryFeed, type MemoryFeed } from './memory-feed.ts';
import { accountRecord, userRecord } from './sample-records.ts';

/** A verifier that follows a feed, with short ways to change and to ask. */
export type Knowing = FollowedVerifier & {
  readonly feed: MemoryFeed;
  /** Commits changes and waits until the verifier has them. */
  readonly learn: (...records: readonly FeedRecord[]) => Promise<void>;
  /** The verdict on a text. */
  readonly code: (key: string, changes?: Partial<LocalQuestion>) => DecisionCode;
};

/** A verifier that knows account 1, its Owner and what else is given. */
export async function knowing(...records: readonly FeedRecord[]): Promise<Knowing> {
  const feed = createMemoryFeed();
  for (const record of [accountRecord(), userRecord(), ...records]) feed.append(record);
  const followed = createFollowedVerifier(feed);
  await followed.follower.start();
  return {
    ...followed,
    feed,
    learn: (...more) => followed.follower.accept(more.map((record) => feed.append(record, { isQuiet: true }))),
    code: (key, changes) => followed.verifier.decide(ask(key, followed.clock.now(), changes)).code,
  };
}
