import type { FeedRecord } from '@claviger/contract';
import { expect, test } from 'vitest';
import { applyRecord } from './apply.ts';
import { createEndedKeys, endingOf } from './ended-keys.ts';
import { findDigest, findKey, ownerRowOf } from './key-table.ts';
import { parseKeyRecord } from './key-record.ts';
import { createSharedBounds } from './shared-bounds.ts';
import { findOwner } from './owner-table.ts';
import { createReplica } from './replica.ts';
import { NO_ROW } from './row-arena.ts';
import {
  accountIdNumber,
  accountRecord,
  digestOf,
  internalKeyRecord,
  keyDeletedRecord,
  keyIdNumber,
  keyRecord,
  keyTextNumber,
  policyRecord,
  userIdNumber,
  userRecord,
} from './testing/sample-records.ts';

const OTHER = accountIdNumber(2);
/** Host bits that are set are a mistake (I2). */
const BAD_ENTRY = { cidr: '10.0.0.1/8', scope: 'all' } as const;
const secretOf = (number: number, ends_at: number | null = null) => ({
  digest: digestOf(keyTextNumber(number)),
  ends_at,
});

/** A replica of account 1 with Owner and keys 1 and 2, and account 2 with user 2. */
function sample() {
  const replica = createReplica(createEndedKeys(1), { epoch: 1, n: 0, hash: '' });
  const records = [accountRecord(1), accountRecord(2), userRecord(1), userRecord(2, { account_id: OTHER })];
  for (const record of [...records, keyRecord(1), keyRecord(2)]) expect(applyRecord(replica, record)).toBe(true);
  return replica;
}

/** The row that the digest of this number's text leads to. */
function found(replica: ReturnType<typeof sample>, number: number): number {
  const key = parseKeyRecord(keyRecord(number), createSharedBounds());
  return key === null ? NO_ROW : findDigest(replica.keys, key.current.digest);
}

test.each<[string, FeedRecord]>([
  ['moves a key to another account', keyRecord(1, { account_id: OTHER, owner_id: userIdNumber(2) })],
  ['gives a key to another account’s user', keyRecord(3, { owner_id: userIdNumber(2) })],
  ['gives a key of its own to another account’s user', keyRecord(1, { owner_id: userIdNumber(2) })],
  ['has a secret of another key', keyRecord(3, { secrets: [secretOf(1)] })],
  ['has a replaced secret of another key', keyRecord(3, { secrets: [secretOf(3), secretOf(1, 5)] })],
  ['has one secret twice', keyRecord(3, { secrets: [secretOf(3), secretOf(4, 5), secretOf(4, 6)] })],
  ['has its current secret twice', keyRecord(1, { secrets: [secretOf(1), secretOf(1, 5)] })],
  ['has a key id that is none', keyRecord(3, { key_id: 'key_3' })],
  ['has an owner id that is none', keyRecord(3, { owner_id: 'usr_3' })],
  ['has a list with an entry that is none', userRecord(1, { ip_allowlist: { mode: 'enforce', entries: [BAD_ENTRY] } })],
  ['is of an account with such a list', accountRecord(1, { ip_allowlist: { mode: 'monitor', entries: [BAD_ENTRY] } })],
  ['has an account id that is none', keyRecord(3, { account_id: 'acc_3' })],
  ['has a range that is none', keyRecord(3, { allowed_ips: ['203.0.113.7', '203.0.113.7/24'] })],
  ['moves a user to another account', userRecord(1, { account_id: OTHER })],
  ['has a user id that is none', userRecord(1, { user_id: 'usr_1' })],
  ['attaches what is no policy', userRecord(1, { policy_ids: ['pol_1'] })],
  ['is of a policy that is none', policyRecord(1, { policy_id: 'pol_1' })],
  ['is of an internal key that is none', internalKeyRecord(1, { internal_key_id: 'key_000000000001' })],
  ['deletes what is no key', { type: 'key_deleted', account_id: accountIdNumber(1), key_id: 'key_1' }],
  ['deletes what is no user', { type: 'user_deleted', account_id: accountIdNumber(1), user_id: 'usr_1' }],
  [
    'names an operation so that it reads like another',
    accountRecord(1, {
      catalogue: [{ name: 'a', operations: [{ name: 'b:c', is_ingestion: false, includes: [] }] }],
    }),
  ],
])('a record that %s is none, and changes nothing (D4)', (_, record) => {
  const replica = sample();
  expect(applyRecord(replica, record)).toBe(false);
  expect([1, 2].map((number) => found(replica, number))).toEqual(
    [1, 2].map((number) => findKey(replica.keys, keyIdNumber(number) as never)),
  );
  expect([found(replica, 3), found(replica, 4)]).toEqual([NO_ROW, NO_ROW]);
  expect(replica.keys.keys).toBe(2);
  expect(replica.accounts.byId.get(accountIdNumber(1) as never)?.catalogue).toHaveLength(1);
});

test('every record may be applied twice: the second time changes nothing (D2)', () => {
  const replica = sample();
  const rotated = keyRecord(1, { secrets: [secretOf(3), secretOf(1, 5)] });
  for (const record of [rotated, rotated, keyDeletedRecord(2), keyDeletedRecord(2)]) {
    expect(applyRecord(replica, record)).toBe(true);
  }
  expect(found(replica, 3)).toBe(findKey(replica.keys, keyIdNumber(1) as never));
  expect(replica.keys.arena.rowsInUse).toBe(2);
  expect(endingOf(replica.ended, keyIdNumber(2) as never)).toBe('deleted');
});

test('two keys may swap secrets only by letting go of them first', () => {
  const replica = sample();
  expect(applyRecord(replica, keyRecord(1, { secrets: [secretOf(3)] }))).toBe(true);
  expect(applyRecord(replica, keyRecord(2, { secrets: [secretOf(1)] }))).toBe(true);
  expect(found(replica, 1)).toBe(findKey(replica.keys, keyIdNumber(2) as never));
  expect(found(replica, 2)).toBe(NO_ROW);
});

test('owners and standings go when nobody needs them any more (F4)', () => {
  const replica = sample();
  const standings = () => replica.accounts.standings.filter((standing) => standing !== null).length;
  const before = standings();
  applyRecord(replica, keyRecord(3, { owner_id: userIdNumber(3) }));
  expect(ownerRowOf(replica.keys, findKey(replica.keys, keyIdNumber(3) as never))).toBe(
    findOwner(replica.owners, userIdNumber(3) as never),
  );
  applyRecord(replica, userRecord(3, { user_type: 'administrator' }));
  applyRecord(replica, { type: 'user_deleted', account_id: accountIdNumber(1), user_id: userIdNumber(3) });
  expect(findOwner(replica.owners, userIdNumber(3) as never)).not.toBe(NO_ROW);
  applyRecord(replica, keyRecord(3));
  expect(findOwner(replica.owners, userIdNumber(3) as never)).toBe(NO_ROW);
  expect(standings()).toBe(before);
});
