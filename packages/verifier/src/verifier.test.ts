import { type Instant } from '@claviger/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createVerifier } from './create-verifier.ts';
import { systemDigests } from './digests.ts';
import { ask, createFollowedVerifier, settle, STALENESS_MS } from './testing/followed-verifier.ts';
import { createHandClock } from './testing/hand-clock.ts';
import { knowing } from './testing/knowing.ts';
import { createMemoryFeed } from './testing/memory-feed.ts';
import {
  accountIdNumber,
  accountRecord,
  digestOf,
  internalKeyRecord,
  keyRecord,
  keyTextNumber,
  userIdNumber,
  userRecord,
} from './testing/sample-records.ts';

const KEY = keyTextNumber(1);

test('the staleness bound is exact, and it is back by itself (D5)', async () => {
  const { verifier, follower, clock, feed, code } = await knowing(keyRecord());
  const tail = feed.tail.bind(feed);
  Object.assign(feed, { tail: () => Promise.reject(new Error('partition')) });
  clock.pass(STALENESS_MS);
  expect([code(KEY), verifier.isStale()]).toEqual(['allowed', false]);
  clock.pass(1);
  expect([code(KEY), code('nonsense'), verifier.isStale()]).toEqual(['stale', 'stale', true]);
  Object.assign(feed, { tail });
  await follower.reach(feed.head());
  feed.wake();
  await settle();
  expect([code(KEY), verifier.isStale()]).toEqual(['allowed', false]);
});

test('a wall clock that jumps moves no staleness bound (D5)', async () => {
  const { clock, code } = await knowing(keyRecord());
  clock.jump(86_400_000);
  expect(code(KEY)).toBe('allowed');
  clock.jump(-2 * 86_400_000);
  clock.pass(0);
  expect(code(KEY)).toBe('allowed');
});

test('a clock that answers nonsense lets nobody in (D5, E9)', async () => {
  const { verifier, clock } = await knowing(
    keyRecord(1, { expires_at: 1, secrets: [{ digest: digestOf(KEY), ends_at: 1 }] }),
  );
  for (const now of [Number.NaN, -1, undefined, 'x']) {
    expect(verifier.decide(ask(KEY, now as Instant)).code).toBe('stale');
  }
  Object.assign(clock, { monotonicMs: () => Number.NaN });
  expect(verifier.decide(ask(KEY, clock.now())).code).toBe('stale');
});

test('whatever breaks inside a decision ends in a refusal and an alarm that holds nothing of the key', () => {
  const alarms: unknown[] = [];
  const listen = (alarm: unknown): void => {
    alarms.push(alarm);
    throw new Error('listening broke too');
  };
  const clock = createHandClock();
  const verifier = createVerifier({
    sha256: (text) => {
      throw new Error(`cannot hash ${text}`);
    },
    clock,
    acceptedPrefixes: ['clv'],
    stalenessMs: STALENESS_MS,
    onAlarm: listen,
  });
  verifier.adopt(verifier.newReplica({ epoch: 1, n: 0, hash: '' }));
  verifier.confirm(clock.monotonicMs());
  expect(verifier.decide(ask(KEY, clock.now()))).toEqual({
    code: 'stale',
    row: -1,
    retryAfterMs: 0,
    expiredAt: null,
    rateLimit: null,
  });
  expect(alarms).toEqual([{ kind: 'decide_fault', detail: 'Error' }]);
});

test('no text makes it throw or lets anybody in', async () => {
  const { verifier, clock } = await knowing(keyRecord());
  const texts = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.string({ unit: 'binary-ascii', minLength: 15, maxLength: 300 }),
    fc
      .tuple(fc.constantFrom('clv_', 'old_', 'clv_master_', 'clv_write_', 'clv_internal_'), fc.base64String())
      .map((parts) => parts.join('')),
    fc
      .tuple(fc.nat({ max: KEY.length - 1 }), fc.string({ minLength: 1, maxLength: 1 }))
      .map(([at, character]) => KEY.slice(0, at) + character + KEY.slice(at + 1)),
  );
  fc.assert(
    fc.property(texts, (text) => {
      const { code } = verifier.decide(ask(text, clock.now()));
      expect(['malformed', 'not_found', ...(text === KEY ? ['allowed'] : [])]).toContain(code);
      expect(verifier.findInternalKey(text)).toBeNull();
    }),
    { numRuns: 2_000 },
  );
  for (const junk of [undefined, null, 7, {}, [KEY]]) {
    expect(verifier.decide(ask(junk as unknown as string, clock.now())).code).not.toBe('allowed');
  }
});

test('a key of another account is as unknown as any other (T1)', async () => {
  const { code, verifier, clock } = await knowing(
    accountRecord(2),
    userRecord(2, { account_id: accountIdNumber(2) }),
    keyRecord(),
    keyRecord(2, { account_id: accountIdNumber(2), owner_id: userIdNumber(2) }),
  );
  const accountIds = new Set([accountIdNumber(1)]);
  expect(code(KEY, { accountIds })).toBe('allowed');
  expect(verifier.decide(ask(keyTextNumber(2), clock.now(), { accountIds }))).toMatchObject({
    code: 'not_found',
    row: -1,
  });
  expect(code(keyTextNumber(2))).toBe('allowed');
  expect(code(KEY, { accountIds: new Set() })).toBe('not_found');
});

test('an internal key is no client key, a client key is no internal one, and an ended internal key stays ended (K6, K11)', async () => {
  const text = keyTextNumber(1, 0, 'internal');
  // Not even when somebody imports its digest as a key of theirs.
  const imported = keyRecord(2, { secrets: [{ digest: digestOf(text), ends_at: null }] });
  const { code, verifier, learn } = await knowing(internalKeyRecord(), keyRecord(), imported);
  expect(code(text)).toBe('not_found');
  expect(verifier.findInternalKey(text)).toMatchObject({
    purpose: 'verify',
    accountIds: new Set([accountIdNumber(1)]),
  });
  expect(verifier.findInternalKey(KEY)).toBeNull();
  await learn(internalKeyRecord(1, { account_ids: [accountIdNumber(1), accountIdNumber(2)] }));
  expect(verifier.findInternalKey(text)?.accountIds.size).toBe(2);
  await learn(internalKeyRecord(1, { is_ended: true }), internalKeyRecord());
  expect(verifier.findInternalKey(text)).toBeNull();
});

test('waiting for a version ends when it is applied, when time is up, or at once when it is of another epoch (D7)', async () => {
  const { verifier, clock, learn } = await knowing();
  const n = verifier.position()?.n ?? 0;
  expect(await verifier.hasReached({ epoch: 1, n }, 250)).toBe(true);
  expect(await verifier.hasReached({ epoch: 1, n: n + 1 }, 0)).toBe(false);
  expect(await verifier.hasReached({ epoch: 2, n }, 250)).toBe(false);
  expect(await verifier.hasReached({ epoch: 9, n: n + 1 }, 250)).toBe(false);
  const timers = clock.timers();
  const [next, later] = [
    verifier.hasReached({ epoch: 1, n: n + 1 }, 250),
    verifier.hasReached({ epoch: 1, n: n + 2 }, 250),
  ];
  await learn(keyRecord());
  expect(await next).toBe(true);
  expect(clock.timers()).toBe(timers + 1);
  clock.pass(250);
  expect(await later).toBe(false);
  expect(clock.timers()).toBe(timers);
});

test('waiting begins before the first snapshot too (D7)', async () => {
  const feed = createMemoryFeed();
  feed.append(accountRecord());
  const { verifier, follower } = createFollowedVerifier(feed);
  const reached = verifier.hasReached({ epoch: 1, n: 1 }, 250);
  await follower.start();
  expect(await reached).toBe(true);
});

test('before the first snapshot everything is stale, and nothing is described (D14)', () => {
  const verifier = createVerifier({
    ...systemDigests,
    clock: createHandClock(),
    acceptedPrefixes: ['clv'],
    stalenessMs: 1,
  });
  expect(verifier.isStale()).toBe(true);
  expect(verifier.position()).toBeNull();
  expect(verifier.drainUsage()).toEqual([]);
  expect(verifier.findInternalKey(keyTextNumber(1, 0, 'internal'))).toBeNull();
  expect(() => verifier.describe(0, 0 as Instant)).toThrow('only after a decision');
});
