import { expect, test } from 'vitest';
import { accountRecord, userRecord } from './feed.ts';

const account = { type: 'account', account_id: 'acc_AAAAAAAAAAAAAAAAAAAA', reminder_days: 30, catalogue: [] };
const user = {
  type: 'user',
  account_id: 'acc_AAAAAAAAAAAAAAAAAAAA',
  user_id: 'usr_AAAAAAAAAAAAAAAAAAAA',
  user_type: 'owner',
  is_disabled: false,
  policy_ids: [],
};
const ip_allowlist = { mode: 'monitor', entries: [{ cidr: '203.0.113.0/24', scope: 'all' }] };

/** The schemas as they were before there were lists. */
const older = [
  { record: account, schema: accountRecord.omit({ ip_allowlist: true }) },
  { record: user, schema: userRecord.omit({ ip_allowlist: true }) },
];

test.each(older)(
  'a verifier from before lists reads a $record.type without one, and refuses to guess at one with it (D4, I1)',
  ({ record, schema }) => {
    expect(schema.safeParse(record).success).toBe(true);
    expect(schema.safeParse({ ...record, ip_allowlist }).success).toBe(false);
  },
);

test.each([
  ['a list', ip_allowlist, true],
  ['no list as null', null, false],
  ['a list without entries', { ...ip_allowlist, entries: [] }, false],
  ['a list of another mode', { ...ip_allowlist, mode: 'off' }, false],
  ['a list with notes', { ...ip_allowlist, entries: [{ cidr: '::1', scope: 'all', note: 'x' }] }, false],
  ['201 entries', { ...ip_allowlist, entries: Array.from({ length: 201 }, () => ip_allowlist.entries[0]) }, false],
])('a record with %s (I1, I2)', (_title, list, isGood) => {
  expect(accountRecord.safeParse({ ...account, ip_allowlist: list }).success).toBe(isGood);
  expect(userRecord.safeParse({ ...user, ip_allowlist: list }).success).toBe(isGood);
});
