import { type Instant, parseIpAddress } from '@claviger/core';
import { expect, test } from 'vitest';
import { ask } from './testing/followed-verifier.ts';
import { knowing } from './testing/knowing.ts';
import {
  accountIdNumber,
  accountRecord,
  digestOf,
  keyDeletedRecord,
  keyIdNumber,
  keyRecord,
  keyTextNumber,
  policyIdNumber,
  policyRecord,
  userIdNumber,
  userRecord,
} from './testing/sample-records.ts';

const KEY = keyTextNumber(1);
const IMPORT = { typeAndOperation: 'database:import', resourceName: 'sales' };
const QUERY = { typeAndOperation: 'database:query', resourceName: 'sales' };

test('an imported key is found by its whole old text (K13)', async () => {
  const old = 'AKIA-old-system/0123456789';
  const { code } = await knowing(keyRecord(1, { secrets: [{ digest: digestOf(old), ends_at: null }] }));
  expect(code(old)).toBe('allowed');
  expect(code(`${old}0`)).toBe('not_found');
  expect(code(KEY)).toBe('not_found');
});

test('both secrets of an overlap work, the old one until its end and not at it; then it is told as expired (X5, E11)', async () => {
  const { clock, code, verifier, learn } = await knowing(keyRecord());
  const end = (clock.now() + 1_000) as Instant;
  const [oldText, newText] = [KEY, keyTextNumber(1, 1)];
  const secrets = [
    { digest: digestOf(newText), ends_at: null },
    { digest: digestOf(oldText), ends_at: end },
  ];
  await learn(keyRecord(1, { secrets }));
  expect([code(oldText), code(newText)]).toEqual(['allowed', 'allowed']);
  clock.pass(999);
  expect(code(oldText)).toBe('allowed');
  clock.pass(1);
  expect(verifier.decide(ask(oldText, clock.now()))).toMatchObject({ code: 'expired', expiredAt: end });
  expect(code(newText)).toBe('allowed');
  const [usage] = verifier.drainUsage();
  expect(usage).toMatchObject({ calls: 4, callsWithReplacedSecret: 2, denials: { expired: 1 } });
  await learn(keyRecord(1, { secrets: [{ digest: digestOf(newText), ends_at: null }] }));
  expect(code(oldText)).toBe('not_found');
});

test('a forced end ends every secret, tells when, and leaves the expiry of the key as it was (X1, E11)', async () => {
  const { clock, verifier, learn } = await knowing();
  const forced_at = clock.now() - 5;
  const expires_at = clock.now() + 10_000;
  const secrets = [keyTextNumber(1, 1), KEY].map((text) => ({ digest: digestOf(text), ends_at: expires_at }));
  await learn(keyRecord(1, { forced_at, expires_at, secrets }));
  for (const text of [KEY, keyTextNumber(1, 1)]) {
    const decision = verifier.decide(ask(text, clock.now()));
    expect(decision).toMatchObject({ code: 'expired', expiredAt: forced_at });
    expect(verifier.describe(decision.row, clock.now()).expiresAt).toBe(expires_at);
  }
});

test('a forced end is never taken back, whatever record comes later (X2, D3)', async () => {
  const { code, learn } = await knowing(keyRecord(1, { forced_at: 1 }));
  await learn(keyRecord());
  expect(code(KEY)).toBe('expired');
});

test('ends learnt elsewhere hold at once and for records to come; without a time none is told (D3)', async () => {
  const { verifier, code, clock, learn } = await knowing(keyRecord(1), keyRecord(2), keyRecord(3));
  const before = verifier.position();
  verifier.rememberEnds([
    { keyId: keyIdNumber(1) as never, how: 'deleted' },
    { keyId: keyIdNumber(2) as never, how: 'force_expired' },
  ]);
  expect(verifier.position()).not.toBe(before);
  expect([1, 2, 3].map((number) => code(keyTextNumber(number)))).toEqual(['not_found', 'expired', 'allowed']);
  expect(verifier.decide(ask(keyTextNumber(2), clock.now())).expiredAt).toBeNull();
  await learn(keyRecord(1), keyRecord(2));
  expect([1, 2].map((number) => code(keyTextNumber(number)))).toEqual(['not_found', 'expired']);
  expect([...verifier.knownEnds()]).toEqual([
    { keyId: keyIdNumber(1), how: 'deleted' },
    { keyId: keyIdNumber(2), how: 'force_expired' },
  ]);
});

test('a deleted key never comes back, and its counts are nobody else’s (K10)', async () => {
  const { verifier, code, learn } = await knowing(keyRecord());
  code(KEY);
  await learn(keyDeletedRecord(), keyRecord(2), keyRecord());
  expect(code(KEY)).toBe('not_found');
  expect(verifier.drainUsage()).toEqual([]);
  expect(verifier.size()).toEqual({ keys: 1, tombstones: 1 });
});

test('rights follow the owner live: type, policies, catalogue (K4, P4)', async () => {
  const { code, learn } = await knowing(policyRecord(), keyRecord());
  expect([code(KEY, IMPORT), code(KEY, QUERY)]).toEqual(['allowed', 'allowed']);
  await learn(userRecord(1, { user_type: 'restricted', policy_ids: [policyIdNumber(1)] }));
  expect([code(KEY, IMPORT), code(KEY, QUERY)]).toEqual(['allowed', 'insufficient_permission']);
  await learn(policyRecord(1, { permissions: [{ resource_type: 'database', operation: 'manage', ids: ['sa*'] }] }));
  expect([code(KEY, IMPORT), code(KEY, QUERY)]).toEqual(['allowed', 'allowed']);
  await learn(accountRecord(1, { catalogue: [] }));
  expect(code(KEY, IMPORT)).toBe('insufficient_permission');
  await learn(accountRecord(), {
    type: 'policy_deleted',
    account_id: accountIdNumber(1),
    policy_id: policyIdNumber(1),
  });
  expect(code(KEY, IMPORT)).toBe('insufficient_permission');
  await learn(userRecord(1, { is_disabled: true }));
  expect(code(KEY, IMPORT)).toBe('owner_disabled');
});

test('a narrowed key follows the catalogue too (K5, P3)', async () => {
  const permissions = [{ resource_type: 'database', operation: 'manage', ids: ['sales'] }];
  const { code, learn } = await knowing(keyRecord(1, { permissions }));
  const other = { ...QUERY, resourceName: 'other' };
  expect([code(KEY, QUERY), code(KEY, other)]).toEqual(['allowed', 'insufficient_permission']);
  const operations = ['manage', 'query'].map((name) => ({ name, is_ingestion: false, includes: [] }));
  await learn(accountRecord(1, { catalogue: [{ name: 'database', operations }] }));
  expect(code(KEY, QUERY)).toBe('insufficient_permission');
  expect(code(KEY, { ...QUERY, typeAndOperation: 'database:manage' })).toBe('allowed');
});

test('an owner or an account that is not known vouches for no key (D4)', async () => {
  const foreign = { account_id: accountIdNumber(2), owner_id: userIdNumber(2) };
  const { code, learn } = await knowing(keyRecord(1, foreign));
  expect(code(KEY)).toBe('owner_disabled');
  await learn(userRecord(2, { account_id: accountIdNumber(2) }));
  expect(code(KEY)).toBe('owner_disabled');
  await learn(accountRecord(2));
  expect(code(KEY)).toBe('allowed');
});

test('the list of permissions is one object for all keys of a standing until a change (K5)', async () => {
  const { verifier, clock, learn } = await knowing(keyRecord(1), keyRecord(2), keyRecord(3, { permissions: [] }));
  const listed = (number: number) => {
    const { row } = verifier.decide(ask(keyTextNumber(number), clock.now()));
    return verifier.describe(row, clock.now()).permissions;
  };
  expect(listed(1)).toBe(listed(2));
  expect(listed(3)).toBe(listed(3));
  expect([listed(1), listed(3)]).toEqual([[{ resourceType: '*', operation: '*', ids: ['*'] }], []]);
  const before = listed(1);
  await learn(userRecord(1, { user_type: 'restricted' }));
  expect(listed(1)).not.toBe(before);
  expect(listed(1)).toEqual([]);
  await learn(policyRecord(), userRecord(1, { user_type: 'restricted', policy_ids: [policyIdNumber(1)] }));
  expect(listed(1)).toEqual([{ resourceType: 'database', operation: 'import', ids: ['*'] }]);
  await learn(policyRecord(1, { permissions: [] }));
  expect(listed(1)).toEqual([]);
});

test('the rate limit comes last, and neither an edit nor a reload gives a fresh allowance (K5)', async () => {
  const limited = (allowed_ips: string[]) =>
    keyRecord(1, { allowed_ips, rate_limit: { requests: 2, per_seconds: 10 } });
  const { verifier, clock, code, learn, feed, follower } = await knowing(limited(['203.0.113.7']));
  const ip = parseIpAddress('203.0.113.7');
  expect([code(KEY), code(KEY), code(KEY)]).toEqual(['ip_not_allowed', 'ip_not_allowed', 'ip_not_allowed']);
  expect([code(KEY, { ip }), code(KEY, { ip })]).toEqual(['allowed', 'allowed']);
  expect(verifier.decide(ask(KEY, clock.now(), { ip }))).toMatchObject({ code: 'rate_limited', retryAfterMs: 5_000 });
  await learn(limited([]));
  expect(code(KEY)).toBe('rate_limited');
  feed.restore(feed.head().n);
  feed.wake();
  clock.pass(600);
  await follower.reach(feed.head());
  expect(verifier.position()?.epoch).toBe(2);
  expect(code(KEY)).toBe('rate_limited');
  clock.pass(5_000);
  expect([code(KEY), code(KEY)]).toEqual(['allowed', 'rate_limited']);
});
