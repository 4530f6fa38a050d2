import type { FeedEntry, FeedRecord } from '@claviger/contract';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { systemDigests } from './digests.ts';
import { parseRecord, takeEntry } from './feed-records.ts';
import { ask, createFollowedVerifier, passSlowly, settle } from './testing/followed-verifier.ts';
import { createMemoryFeed, entryAfter, subjectOf } from './testing/memory-feed.ts';
import {
  accountIdNumber,
  accountRecord,
  internalKeyRecord,
  keyDeletedRecord,
  keyRecord,
  keyTextNumber,
  policyIdNumber,
  policyRecord,
  userRecord,
} from './testing/sample-records.ts';

const POISONED = process.env['RELIABILITY'] === 'full' ? 100_000 : 10_000;
const OWNER = userRecord(1, { user_type: 'restricted', policy_ids: [policyIdNumber(1)] });
const GOOD: readonly FeedRecord[] = [accountRecord(), policyRecord(), OWNER, keyRecord(1), internalKeyRecord()];
const IMPORT = { typeAndOperation: 'database:import', resourceName: 'sales' };

/** A verifier that knows the good records and gets no further snapshot. */
async function started() {
  const feed = createMemoryFeed();
  for (const record of GOOD) feed.append(record);
  const followed = createFollowedVerifier(feed);
  await followed.follower.start();
  const snapshot = feed.snapshot.bind(feed);
  Object.assign(feed, {
    snapshot: async function* () {
      yield await Promise.reject(new Error('down'));
    },
  });
  const { verifier, clock } = followed;
  const code = (number: number): string => verifier.decide(ask(keyTextNumber(number), clock.now(), IMPORT)).code;
  const isAskerKnown = (): boolean => verifier.findInternalKey(keyTextNumber(1, 0, 'internal')) !== null;
  return { ...followed, feed, code, isAskerKnown, repair: () => Object.assign(feed, { snapshot }) };
}

const junk = fc.oneof(
  fc.constantFrom(null, true, -1, 0.5, 1e300, '', 'x', [], {}, [[]], '0'.repeat(64), 'key_000000000001'),
  fc.string({ unit: 'binary' }),
  fc.anything({ maxDepth: 2 }),
);

/** A record with something in it replaced, left out or added, or its text cut. */
const spoiledText = fc
  .record({
    record: fc.constantFrom<FeedRecord>(
      ...GOOD,
      keyRecord(1, { forced_at: 1 }),
      keyRecord(1, { allowed_ips: ['203.0.113.7'], rate_limit: { requests: 1, per_seconds: 1 }, permissions: [] }),
      keyRecord(2),
      keyDeletedRecord(1),
      userRecord(1, { is_disabled: true }),
    ),
    path: fc.array(fc.nat(), { minLength: 1, maxLength: 5 }),
    by: fc.oneof(
      fc.constantFrom('leave out' as const, 'add' as const, 'cut' as const),
      junk.map((value) => ({ value })),
    ),
  })
  .map(({ record, path, by }) => ({ record, text: spoil(record, path, by) }))
  .filter(({ text }) => parseRecord(text) === null || isContradiction(text));

type Spoiling = 'leave out' | 'add' | 'cut' | { readonly value: unknown };

function spoil(record: FeedRecord, path: readonly number[], by: Spoiling): string {
  const copy = structuredClone(record) as unknown as Record<string, unknown>;
  if (by === 'cut') return JSON.stringify(copy).slice(0, -1 - ((path[0] ?? 0) % 20));
  let place = copy;
  for (const step of path.slice(1)) {
    const inner = Object.values(place)[step % Math.max(1, Object.keys(place).length)];
    if (typeof inner === 'object' && inner !== null) place = inner as Record<string, unknown>;
  }
  const names = Object.keys(place);
  const name = names[(path[0] ?? 0) % Math.max(1, names.length)] ?? 'none';
  if (by === 'leave out') delete place[name];
  else if (by === 'add') place['unexpected'] = 1;
  else place[name] = by.value;
  try {
    return JSON.stringify(copy) ?? 'undefined';
  } catch {
    return 'not to be written';
  }
}

/** Readable, and yet none that could be: an id that is none, or another account's owner. */
function isContradiction(text: string): boolean {
  const record = parseRecord(text);
  if (record?.type !== 'key') return false;
  return record.account_id !== accountIdNumber(1) || !/^key_[0-9]{12}$/.test(record.key_id);
}

test('10,000 unreadable records deny what they were about and nothing else, and the next good one heals it (D4)', async () => {
  const { verifier, follower, feed, code, isAskerKnown } = await started();
  const heal = async (record: FeedRecord): Promise<void> => follower.accept([feed.append(record, { isQuiet: true })]);
  await fc.assert(
    fc.asyncProperty(spoiledText, async ({ record, text }) => {
      // Each round starts from the good state on a short feed.
      feed.entries.splice(0, feed.entries.length - 1);
      const before = verifier.position()?.n ?? 0;
      await follower.accept([feed.appendText(text, subjectOf(record))]);
      expect(verifier.position()?.n).toBe(before + 1);
      expect([code(2), code(3)]).toEqual(['not_found', 'not_found']);
      const subject = subjectOf(record);
      const isAbout = (good: FeedRecord): boolean => subjectOf(good) === subject;
      if (isAbout(keyRecord(2))) expect(code(1)).toBe('allowed');
      else if (isAbout(policyRecord())) expect(code(1)).toBe('insufficient_permission');
      else if (isAbout(internalKeyRecord())) expect([code(1), isAskerKnown()]).toEqual(['allowed', false]);
      else expect(code(1)).toBe('stale');
      for (const good of GOOD) if (isAbout(good)) await heal(good);
      expect([code(1), isAskerKnown()]).toEqual(['allowed', true]);
    }),
    { numRuns: POISONED },
  );
}, 300_000);

test('10,000 poisoned envelopes are not passed and change nothing (D2, D4)', async () => {
  const { verifier, code, feed } = await started();
  const replica = verifier.replica();
  if (replica === null) throw new Error('not started');
  const position = replica.position;
  const record = JSON.stringify(keyDeletedRecord(1));
  const good = entryAfter(feed.head(), record, subjectOf(keyDeletedRecord(1)));
  const names = Object.keys(good) as (keyof FeedEntry)[];
  // A subject is not bound by the chain, and an absent or another record is a denied subject: those pass, closed.
  const bound = names.filter((name) => name !== 'subject_id' && name !== 'record');
  fc.assert(
    fc.property(fc.constantFrom(...bound), junk, (name, value) => {
      fc.pre(value !== good[name]);
      expect(takeEntry(replica, { ...good, [name]: value }, systemDigests.sha256Hex)).not.toBe('denied');
      expect(replica.position).toBe(position);
      expect(code(1)).toBe('allowed');
    }),
    { numRuns: POISONED },
  );
  for (const entry of [null, undefined, 1, 'x', [], {}, { ...good, more: 1 }]) {
    expect(takeEntry(replica, entry, systemDigests.sha256Hex)).toBe('does-not-follow');
  }
});

test('a record that is withheld, or is another than the chain binds, denies its subject (D4)', async () => {
  for (const record of [null, JSON.stringify(keyRecord(1)), JSON.stringify({ type: 'none' })]) {
    const { follower, feed, code, verifier } = await started();
    const entry = feed.append(keyDeletedRecord(1), { isQuiet: true });
    await follower.accept([{ ...entry, record }]);
    expect([code(1), verifier.position()]).toEqual(['stale', feed.head()]);
  }
});

test('a record that is withheld because it is another account’s passes, without a reload (T1, D2)', async () => {
  const { follower, feed, code, alarms } = await started();
  for (const subject of ['key_000000000009', 'usr_00000000000000000009', 'acc_00000000000000000009', 'ses_1', null]) {
    const entry = feed.appendText('{}', subject);
    await follower.accept([{ ...entry, record: null }]);
  }
  expect([code(1), alarms]).toEqual(['allowed', []]);
  for (const subject of [policyIdNumber(1), 'ikey_000000000001', accountIdNumber(1), OWNER.user_id]) {
    const entry = feed.appendText('{}', subject);
    await follower.accept([{ ...entry, record: null }]);
    expect(alarms.at(-1)).not.toEqual({ kind: 'feed_reload' });
  }
  expect(alarms.filter(({ kind }) => kind === 'bad_record')).toHaveLength(4);
  expect(code(1)).toBe('stale');
});

test('a record that breaks something here is denied as an unreadable one is, and stops nothing (D4)', async () => {
  const { follower, feed, verifier, code, alarms } = await started();
  const keys = verifier.replica()?.keys;
  const dropRow = keys?.byDigest.hashOf;
  Object.assign(keys?.byDigest ?? {}, {
    hashOf: () => {
      throw new RangeError('full');
    },
  });
  await follower.accept([feed.append(keyRecord(1), { isQuiet: true })]);
  Object.assign(keys?.byDigest ?? {}, { hashOf: dropRow });
  expect([code(1), verifier.position()]).toEqual(['stale', feed.head()]);
  expect(alarms).toContainEqual({ kind: 'bad_record', detail: 'of key_000000000001' });
});

test('an unreadable record without a subject stops the feed until a snapshot is had; then D5 (D4)', async () => {
  const { feed, verifier, code, clock, repair } = await started();
  clock.pass(600);
  const before = verifier.position();
  feed.appendText('{"type":"from the future"}', null);
  feed.wake();
  await settle();
  expect([verifier.position(), code(1)]).toEqual([before, 'allowed']);
  await passSlowly(clock, 61_000);
  expect(code(1)).toBe('stale');
  repair();
  await passSlowly(clock, 11_000);
  expect([verifier.position(), code(1)]).toEqual([feed.head(), 'allowed']);
});

test('a denied subject is free again after the next snapshot, which is loaded without being asked for (D4)', async () => {
  const { feed, follower, code, clock, repair, alarms } = await started();
  clock.pass(600);
  await follower.accept([feed.appendText('{"type":"key"}', 'key_000000000001')]);
  expect(code(1)).toBe('stale');
  expect(alarms).toContainEqual({ kind: 'bad_record', detail: 'of key_000000000001' });
  repair();
  await passSlowly(clock, 2_000);
  expect(code(1)).toBe('allowed');
});
