import type { FeedTail } from '@claviger/contract';
import { expect, test } from 'vitest';
import { createFollowedVerifier, passSlowly, POLL_MS, settle, STALENESS_MS } from './testing/followed-verifier.ts';
import { createMemoryFeed } from './testing/memory-feed.ts';
import { accountRecord, keyDeletedRecord, keyRecord } from './testing/sample-records.ts';
import { brokenSnapshot, brokenTail, serve, startFollower } from './testing/started-follower.ts';

test('a change made elsewhere arrives by a wake, and by polling when no wake comes (D2)', async () => {
  const { feed, clock, code } = await startFollower();
  feed.append(keyRecord(2));
  await settle();
  expect(code(2)).toBe('allowed');
  feed.append(keyRecord(3), { isQuiet: true });
  await settle();
  expect(code(3)).toBe('not_found');
  clock.pass(POLL_MS * 1.25);
  await settle();
  expect(code(3)).toBe('allowed');
});

test('a change of very many keys is taken piece by piece, and decisions go on in between (X1, E6)', async () => {
  const { feed, clock, code, follower, verifier } = await startFollower();
  const entries = Array.from({ length: 1_200 }, (_, index) => feed.append(keyRecord(index + 2), { isQuiet: true }));
  const taken = follower.accept(entries);
  await settle();
  expect([code(1), code(2), code(1_201)]).toEqual(['allowed', 'allowed', 'not_found']);
  let isDone = false;
  void taken.then(() => (isDone = true));
  await settle();
  expect(isDone).toBe(false);
  for (let piece = 0; piece < 3; piece += 1) {
    clock.pass(1);
    await settle();
  }
  await taken;
  expect(verifier.position()).toEqual(feed.head());
  expect(code(1_201)).toBe('allowed');
});

test('doubled entries change nothing (D2)', async () => {
  const { feed, code, verifier } = await startFollower();
  const entries = [keyRecord(2), keyDeletedRecord(1)].map((record) => feed.append(record, { isQuiet: true }));
  serve(feed, [...entries, ...entries, ...feed.entries]);
  feed.wake();
  await settle();
  expect([code(1), code(2), verifier.position()]).toEqual(['not_found', 'allowed', feed.head()]);
});

test('a source that shows less than is known confirms nothing (D5)', async () => {
  const { feed, follower, clock, verifier } = await startFollower();
  await follower.accept([feed.append(keyRecord(2), { isQuiet: true })]);
  serve(feed, [], { ...feed.head(), n: feed.head().n - 1 });
  await passSlowly(clock, STALENESS_MS + POLL_MS);
  expect(verifier.isStale()).toBe(true);
});

test('freshness counts from when a read began, not from when it ended (D5)', async () => {
  const { feed, clock, code } = await startFollower();
  const page = await feed.tail(feed.head(), 10);
  let answer: (page: FeedTail) => void = () => undefined;
  Object.assign(feed, { tail: () => new Promise<FeedTail>((resolve) => (answer = resolve)) });
  feed.wake();
  await settle();
  clock.pass(9_000);
  answer(page);
  await settle();
  Object.assign(feed, { tail: brokenTail });
  await passSlowly(clock, STALENESS_MS - 9_000);
  expect(code(1)).toBe('allowed');
  clock.pass(1);
  expect(code(1)).toBe('stale');
});

test('a read that began on a replica that is replaced meanwhile confirms nothing (D5)', async () => {
  const { feed, clock, verifier } = await startFollower();
  const page = await feed.tail(feed.head(), 10);
  let answer: (page: FeedTail) => void = () => undefined;
  clock.pass(5_000);
  await settle();
  const confirmedAtMs = clock.monotonicMs();
  clock.pass(500);
  Object.assign(feed, { tail: () => new Promise<FeedTail>((resolve) => (answer = resolve)) });
  feed.wake();
  await settle();
  verifier.adopt(verifier.newReplica({ epoch: 2, n: 0, hash: '' }));
  Object.assign(feed, { tail: brokenTail });
  answer(page);
  await settle();
  clock.pass(STALENESS_MS + confirmedAtMs - clock.monotonicMs());
  expect(verifier.isStale()).toBe(false);
  clock.pass(1);
  expect(verifier.isStale()).toBe(true);
});

test('a source that hangs is given up, and asked again (D5)', async () => {
  const { feed, clock, code, alarms } = await startFollower();
  const tail = feed.tail.bind(feed);
  Object.assign(feed, { tail: () => new Promise(() => undefined) });
  feed.append(keyDeletedRecord(1));
  await passSlowly(clock, 11_000);
  expect(alarms).toContainEqual({ kind: 'source_failed', detail: 'no answer within 10000 ms' });
  Object.assign(feed, { tail });
  await passSlowly(clock, 11_000);
  expect(code(1)).toBe('not_found');
});

test('the start goes on until the source answers (D5)', async () => {
  const feed = createMemoryFeed();
  const snapshot = feed.snapshot.bind(feed);
  feed.append(accountRecord());
  Object.assign(feed, { snapshot: brokenSnapshot });
  const { follower, clock, verifier } = createFollowedVerifier(feed);
  const start = follower.start();
  await passSlowly(clock, 3_000);
  expect(verifier.isStale()).toBe(true);
  Object.assign(feed, { snapshot });
  await passSlowly(clock, 11_000);
  await start;
  expect(verifier.isStale()).toBe(false);
});

test('a stop leaves nothing running, whatever was under way', async () => {
  for (const hung of ['tail', 'snapshot']) {
    const feed = createMemoryFeed();
    feed.append(accountRecord());
    const onWake = feed.onWake.bind(feed);
    let listeners = 0;
    Object.assign(feed, {
      onWake: (listener: () => void) => {
        const unsubscribe = onWake(listener);
        listeners += 1;
        return () => {
          listeners -= 1;
          unsubscribe();
        };
      },
    });
    const { follower, clock, verifier } = createFollowedVerifier(feed);
    if (hung === 'tail') await follower.start();
    Object.assign(feed, {
      tail: () => new Promise(() => undefined),
      snapshot: () => ({ [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => undefined) }) }),
    });
    const start = hung === 'tail' ? Promise.resolve() : follower.start();
    feed.wake();
    const reaching = follower.reach({ epoch: 1, n: 99 });
    await settle();
    await follower.stop();
    await Promise.all([start, reaching]);
    feed.wake();
    await settle();
    expect([hung, clock.timers(), listeners]).toEqual([hung, 0, 0]);
    expect(verifier.isStale()).toBe(true);
  }
});
