import { expect, test } from 'vitest';
import { passSlowly, POLL_MS, settle } from './testing/followed-verifier.ts';
import { entryAfter } from './testing/memory-feed.ts';
import { keyDeletedRecord, keyIdNumber, keyRecord } from './testing/sample-records.ts';
import { brokenSnapshot, brokenTail, startFollower } from './testing/started-follower.ts';

test('a change is applied when accept resolves, without asking the source when it follows directly (X1)', async () => {
  const { feed, follower, code } = await startFollower();
  Object.assign(feed, { tail: brokenTail });
  await follower.accept([feed.append(keyRecord(2), { isQuiet: true }), feed.append(keyRecord(3), { isQuiet: true })]);
  expect([code(2), code(3)]).toEqual(['allowed', 'allowed']);
  await follower.accept([]);
});

test('changes that arrive out of order, doubled or overlapping are all applied when their accept resolves (X1)', async () => {
  const { feed, follower, verifier, code } = await startFollower();
  const entries = Array.from({ length: 8 }, (_, index) => feed.append(keyRecord(index + 2), { isQuiet: true }));
  const slices = [entries.slice(6), entries.slice(2, 5), entries.slice(0, 3), entries.slice(4, 7), entries.slice(2, 5)];
  await Promise.all(
    slices.map(async (slice) => {
      await follower.accept(slice);
      for (const entry of slice) expect(verifier.position()?.n).toBeGreaterThanOrEqual(entry.n);
    }),
  );
  expect(entries.map((_, index) => code(index + 2))).toEqual(entries.map(() => 'allowed'));
});

test('a committed change that cannot be applied makes everything stale until it is (X1, D5)', async () => {
  const { feed, follower, clock, verifier, alarms, code } = await startFollower();
  const tail = feed.tail.bind(feed);
  Object.assign(feed, { tail: brokenTail });
  feed.append(keyDeletedRecord(1), { isQuiet: true });
  const accepted = follower.accept([feed.append(keyRecord(2), { isQuiet: true })]);
  await passSlowly(clock, 5_000);
  await accepted;
  expect(alarms).toContainEqual({ kind: 'change_not_applied', detail: '1.5' });
  expect([code(1), code(2), verifier.isStale()]).toEqual(['stale', 'stale', true]);
  Object.assign(feed, { tail });
  await passSlowly(clock, POLL_MS * 2);
  expect([code(1), code(2), verifier.isStale()]).toEqual(['not_found', 'allowed', false]);
});

test('of two changes with one number the source decides, and nothing is allowed until it has (D2, X1)', async () => {
  const { feed, follower, clock, code } = await startFollower();
  const other = entryAfter(feed.head(), JSON.stringify(keyRecord(2)), keyIdNumber(2));
  await follower.accept([other]);
  expect(code(2)).toBe('allowed');
  const tail = feed.tail.bind(feed);
  Object.assign(feed, {
    tail: brokenTail,
    snapshot: brokenSnapshot,
  });
  const accepted = follower.accept([feed.append(keyDeletedRecord(1), { isQuiet: true })]);
  await settle();
  expect([code(1), code(2)]).toEqual(['stale', 'stale']);
  Object.assign(feed, { tail });
  await passSlowly(clock, 2_000);
  await accepted;
  expect(code(1)).not.toBe('allowed');
});
