import { FEED_SCHEMA, type SnapshotPart } from '@claviger/contract';
import { GENESIS_HASH } from '@claviger/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ask, createFollowedVerifier, settle } from './testing/followed-verifier.ts';
import { createMemoryFeed, partsOf } from './testing/memory-feed.ts';
import {
  accountIdNumber,
  accountRecord,
  keyDeletedRecord,
  keyRecord,
  keyTextNumber,
  userRecord,
} from './testing/sample-records.ts';

const AT = { epoch: 2, n: 7, hash: GENESIS_HASH };
const RECORDS = [accountRecord(), userRecord(), keyRecord(1), keyRecord(2)].map((record) => JSON.stringify(record));

/** The parts of the good snapshot of these records. */
async function goodParts(records: readonly string[] = RECORDS): Promise<SnapshotPart[]> {
  const parts: SnapshotPart[] = [];
  for await (const part of partsOf(AT, records)) parts.push(part);
  return parts;
}

async function* stream(parts: readonly unknown[]): AsyncGenerator<SnapshotPart> {
  for (const part of parts) yield await Promise.resolve(part as SnapshotPart);
}

/**
 * Has a verifier that holds epoch 1 with key 1 reload from these parts, and says why it did not, and where it stands.
 */
async function reloadFrom(parts: readonly unknown[]) {
  const feed = createMemoryFeed();
  for (const record of [accountRecord(), userRecord(), keyRecord(1)]) feed.append(record);
  const followed = createFollowedVerifier(feed);
  const { verifier, follower, clock, alarms } = followed;
  await follower.start();
  clock.pass(600);
  Object.assign(feed, {
    snapshot: () => stream(parts),
    tail: (after: { epoch: number }) =>
      Promise.resolve(after.epoch === AT.epoch ? { kind: 'entries', entries: [], head: AT } : { kind: 'reload' }),
  });
  feed.wake();
  await settle();
  const refusals = alarms.filter(({ kind }) => kind === 'snapshot_refused').map(({ detail }) => detail);
  const codes = [1, 2].map((number) => verifier.decide(ask(keyTextNumber(number), clock.now())).code);
  await follower.stop();
  return { refusals, codes, epoch: verifier.position()?.epoch };
}

const OLD_STATE_GOES_ON = { codes: ['allowed', 'not_found'], epoch: 1 };

test('a whole snapshot is taken at once (D3)', async () => {
  expect(await reloadFrom(await goodParts())).toEqual({ refusals: [], codes: ['allowed', 'allowed'], epoch: 2 });
});

test.each<[string, string, (parts: SnapshotPart[]) => readonly unknown[]]>([
  ['another schema', 'other-schema', ([head, ...rest]) => [{ ...head, schema: FEED_SCHEMA + 1 }, ...rest]],
  ['no head', 'not-a-snapshot', ([, ...rest]) => rest],
  ['two heads', 'not-a-snapshot', ([head, ...rest]) => [head, head, ...rest]],
  ['no end', 'cut-short', (parts) => parts.slice(0, -1)],
  ['nothing', 'cut-short', () => []],
  ['a part that is none', 'not-a-snapshot', ([head, ...rest]) => [head, { part: 'other' }, ...rest]],
  ['junk for a head', 'not-a-snapshot', ([, ...rest]) => [null, ...rest]],
  ['a wrong count', 'wrong-count', ([head, records, end]) => [head, records, { ...end, count: 5 }]],
  ['a wrong checksum', 'wrong-checksum', ([head, records, end]) => [head, records, { ...end, checksum: GENESIS_HASH }]],
  ['a doubled part', 'wrong-count', ([head, records, end]) => [head, records, records, end]],
  ['an unreadable record', 'bad-record', ([head, , end]) => [head, { part: 'records', records: ['{}'] }, end]],
  [
    'a record that contradicts another',
    'contradiction',
    ([head, records, end]) => [
      head,
      records,
      { part: 'records', records: [JSON.stringify(userRecord(1, { account_id: accountIdNumber(2) }))] },
      end,
    ],
  ],
])('a snapshot with %s is refused, and the old state goes on (D3, D4)', async (_, refusal, spoil) => {
  expect(await reloadFrom(spoil(await goodParts()))).toEqual({ refusals: [refusal], ...OLD_STATE_GOES_ON });
});

test('a snapshot with any one character of a record changed is refused (D3)', async () => {
  const text = RECORDS.join('\n');
  await fc.assert(
    fc.asyncProperty(fc.nat({ max: text.length - 1 }), fc.integer({ min: 32, max: 126 }), async (at, code) => {
      fc.pre(text.charCodeAt(at) !== code && text[at] !== '\n');
      const changed = text.slice(0, at) + String.fromCharCode(code) + text.slice(at + 1);
      const [head, , end] = await goodParts();
      const outcome = await reloadFrom([head, { part: 'records', records: changed.split('\n') }, end]);
      expect(outcome).toMatchObject(OLD_STATE_GOES_ON);
      expect(outcome.refusals).toHaveLength(1);
    }),
    { numRuns: 300 },
  );
});

test('tombstones of a snapshot hold, whatever its order (D3, K10)', async () => {
  const deleted = JSON.stringify(keyDeletedRecord(1));
  for (const records of [
    [...RECORDS, deleted],
    [deleted, ...RECORDS],
  ]) {
    expect((await reloadFrom(await goodParts(records))).codes).toEqual(['not_found', 'allowed']);
  }
});

test('the order of records in a snapshot does not matter', async () => {
  for (const records of [RECORDS.toReversed(), [...RECORDS.slice(2), ...RECORDS.slice(0, 2)]]) {
    expect((await reloadFrom(await goodParts(records))).codes).toEqual(['allowed', 'allowed']);
  }
});
