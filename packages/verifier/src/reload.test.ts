import type { FeedEntry, FeedPosition, SnapshotPart } from '@claviger/contract';
import type { KeyId } from '@claviger/core';
import { expect, test } from 'vitest';
import { passSlowly, settle } from './testing/followed-verifier.ts';
import { createMemoryFeed, entryAfter } from './testing/memory-feed.ts';
import { accountRecord, keyDeletedRecord, keyIdNumber, keyRecord, userRecord } from './testing/sample-records.ts';
import {
  brokenSnapshot,
  countSnapshots,
  serve,
  startFollower,
  type StartedFollower,
} from './testing/started-follower.ts';

const BREACHES: readonly [string, (entries: FeedEntry[]) => readonly unknown[]][] = [
  ['a gap', ([, ...later]) => later],
  ['entries in another order', (entries) => entries.toReversed()],
  ['another epoch', (entries) => entries.map((entry) => ({ ...entry, epoch: 2 }))],
  ['a hash that does not follow', ([first, ...later]) => [{ ...first, previous_hash: '0'.repeat(64) }, ...later]],
  ['a hash that is not the link’s', ([first, ...later]) => [{ ...first, hash: 'f'.repeat(64) }, ...later]],
  [
    'another history, whole in itself',
    ([first]) => [
      entryAfter({ epoch: 1, n: (first?.n ?? 0) - 1, hash: 'e'.repeat(64) }, first?.record ?? '', keyIdNumber(1)),
    ],
  ],
  ['a foreign event', ([first, ...later]) => [{ ...first, event_digest: 'f'.repeat(64) }, ...later]],
  ['an envelope that is none', (entries) => [{ n: 4 }, ...entries]],
];

/** Changes of which the reader gets only what `spoil` leaves. */
function spoiled({ feed }: StartedFollower, spoil: (entries: FeedEntry[]) => readonly unknown[]): void {
  const records = [keyDeletedRecord(1), keyRecord(2), keyRecord(3)];
  serve(feed, spoil(records.map((record) => feed.append(record, { isQuiet: true }))));
  feed.wake();
}

test.each(BREACHES)('after %s nothing is applied (D2)', async (_, spoil) => {
  const { alarms, ...followed } = await startFollower();
  const before = followed.verifier.position();
  Object.assign(followed.feed, { snapshot: brokenSnapshot });
  spoiled({ alarms, ...followed }, spoil);
  await settle();
  expect([followed.verifier.position(), followed.code(1), followed.code(2)]).toEqual([before, 'allowed', 'not_found']);
  expect(alarms[0]?.kind).toBe('feed_reload');
});

test.each(BREACHES)('after %s a snapshot is loaded, once (D2)', async (_, spoil) => {
  const followed = await startFollower();
  const snapshots = countSnapshots(followed.feed);
  spoiled(followed, spoil);
  await settle();
  expect([1, 2, 3].map(followed.code)).toEqual(['not_found', 'allowed', 'allowed']);
  expect(snapshots.count).toBe(1);
});

test('a new epoch is loaded, and what was dead before stays dead in it (D3, K10, X2)', async () => {
  const { feed, follower, clock, code, verifier } = await startFollower();
  feed.append(keyRecord(2));
  feed.append(keyRecord(3));
  const backup = feed.head().n;
  feed.append(keyDeletedRecord(1));
  await follower.accept([feed.append(keyRecord(2, { forced_at: 1 }))]);
  await follower.accept([feed.append(keyRecord(4))]);
  feed.restore(backup);
  feed.wake();
  await passSlowly(clock, 2_000);
  expect(verifier.position()?.epoch).toBe(2);
  expect([1, 2, 3, 4].map(code)).toEqual(['not_found', 'expired', 'allowed', 'not_found']);
});

test('an end that is learnt while a snapshot is being loaded holds in it (D1, D3)', async () => {
  const { feed, clock, verifier, code } = await startFollower();
  feed.append(keyRecord(2));
  await settle();
  feed.restore(feed.head().n);
  const whole = feed.snapshot();
  let goOn = (): void => undefined;
  const held = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  async function* slow(): AsyncGenerator<SnapshotPart> {
    for await (const part of whole) {
      if (part.part === 'end') await held;
      yield part;
    }
  }
  Object.assign(feed, { snapshot: slow });
  feed.wake();
  await passSlowly(clock, 2_000);
  verifier.rememberEnds([
    { keyId: keyIdNumber(1) as KeyId, how: 'deleted' },
    { keyId: keyIdNumber(2) as KeyId, how: 'force_expired' },
  ]);
  goOn();
  await settle();
  expect(verifier.position()?.epoch).toBe(2);
  expect([1, 2].map(code)).toEqual(['not_found', 'expired']);
});

test.each<[string, (head: FeedPosition) => FeedPosition]>([
  ['under the same number', (head) => ({ ...head, hash: 'e'.repeat(64) })],
  ['of another epoch', (head) => ({ ...head, epoch: 2 })],
])('a head with another hash %s is a fork, even when no entries come (D2)', async (_, other) => {
  const { feed, alarms } = await startFollower();
  const snapshots = countSnapshots(feed);
  serve(feed, [], other(feed.head()));
  feed.wake();
  await settle();
  expect([alarms[0]?.kind, snapshots.count]).toEqual(['feed_reload', 1]);
});

test('a source that fell back to an earlier epoch is not followed (D3)', async () => {
  const { feed, clock, code, verifier } = await startFollower();
  const fallen = createMemoryFeed();
  for (const record of [accountRecord(), userRecord(), keyRecord(1), keyRecord(2), keyRecord(3)]) fallen.append(record);
  feed.restore(feed.head().n);
  feed.wake();
  await passSlowly(clock, 2_000);
  Object.assign(feed, { snapshot: () => fallen.snapshot(), tail: fallen.tail.bind(fallen) });
  feed.wake();
  await passSlowly(clock, 61_000);
  expect([verifier.position()?.epoch, code(1), code(2)]).toEqual([2, 'stale', 'stale']);
});

test('an older snapshot of the same epoch never takes the place of what is known (D3)', async () => {
  const { feed, clock, code, verifier, alarms } = await startFollower();
  const older = createMemoryFeed();
  for (const record of [accountRecord(), userRecord(), keyRecord(1)]) older.append(record);
  feed.append(keyRecord(1, { disabled_at: 1 }));
  await settle();
  expect(code(1)).toBe('disabled');
  Object.assign(feed, { snapshot: () => older.snapshot(), tail: () => Promise.resolve({ kind: 'reload' }) });
  feed.wake();
  await passSlowly(clock, 3_000);
  expect(alarms).toContainEqual({ kind: 'snapshot_refused', detail: 'older than what is known' });
  expect([code(1), verifier.position()]).toEqual(['disabled', feed.head()]);
});

test('an older snapshot that the tail brings up to date is taken (D3)', async () => {
  const { feed, code, verifier } = await startFollower();
  const old = feed.snapshot();
  feed.append(keyRecord(1, { disabled_at: 1 }));
  await settle();
  const tail = feed.tail.bind(feed);
  let mustReload = true;
  Object.assign(feed, {
    snapshot: () => old,
    tail: (after: FeedPosition, limit: number) => {
      const isFirst = mustReload;
      mustReload = false;
      return isFirst ? Promise.resolve({ kind: 'reload' }) : tail(after, limit);
    },
  });
  const before = verifier.replica();
  feed.wake();
  await settle();
  expect(verifier.replica()).not.toBe(before);
  expect(code(1)).toBe('disabled');
});

test('reloads that do not help come ever more seldom (D4)', async () => {
  const { feed, clock } = await startFollower();
  const counted = countSnapshots(feed);
  Object.assign(feed, { tail: () => Promise.resolve({ kind: 'reload' }) });
  feed.wake();
  await passSlowly(clock, 60_000);
  expect(counted.count).toBeGreaterThan(5);
  expect(counted.count).toBeLessThan(14);
});
