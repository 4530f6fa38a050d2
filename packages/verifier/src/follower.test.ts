import { expect, test } from 'vitest';
import { ask, createFollowedVerifier } from './testing/followed-verifier.ts';
import { createMemoryFeed } from './testing/memory-feed.ts';
import { accountRecord, keyDeletedRecord, keyRecord, keyTextNumber, userRecord } from './testing/sample-records.ts';

test('a follower loads the snapshot and the changes since, and the verifier decides (D2)', async () => {
  const feed = createMemoryFeed();
  for (const record of [accountRecord(), userRecord(), keyRecord(1)]) feed.append(record);
  const { verifier, follower, clock } = createFollowedVerifier(feed);
  expect(verifier.decide(ask(keyTextNumber(1), clock.now())).code).toBe('stale');
  await follower.start();
  expect(verifier.decide(ask(keyTextNumber(1), clock.now())).code).toBe('allowed');
  expect(verifier.decide(ask(keyTextNumber(2), clock.now())).code).toBe('not_found');
  await follower.accept([feed.append(keyRecord(2))]);
  expect(verifier.decide(ask(keyTextNumber(2), clock.now())).code).toBe('allowed');
  await follower.accept([feed.append(keyDeletedRecord(1))]);
  expect(verifier.decide(ask(keyTextNumber(1), clock.now())).code).toBe('not_found');
  expect(verifier.size()).toEqual({ keys: 1, tombstones: 1 });
  await follower.stop();
  expect(clock.timers()).toBe(0);
});
