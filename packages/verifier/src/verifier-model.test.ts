import type { AccountRecord, FeedRecord, KeyRecord } from '@claviger/contract';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  accountIdNumber,
  accountRecord,
  digestOf,
  keyDeletedRecord,
  keyRecord,
  keyTextNumber,
  policyIdNumber,
  policyRecord,
  userIdNumber,
  userRecord,
} from './testing/sample-records.ts';
import { createPair, type Step, takeStep, usages, verdicts } from './testing/verifier-pair.ts';

/** Histories are short and many; one that breaks something shrinks to a few steps. */
const HISTORIES = process.env['RELIABILITY'] === 'full' ? 50_000 : 1_000;
const USERS = 4;
const POLICIES = 3;
const KEYS = 5;
const SECRETS = 3;
const IPS = ['203.0.113.7', '2001:db8::1'];
const ORIGINS = ['https://shop.example', 'https://other.example'];

/** Users, policies and keys with odd numbers are account 1's, the others account 2's. */
const accountOfNumber = (number: number): string => accountIdNumber(((number + 1) % 2) + 1);

const numbered = (most: number) => fc.integer({ min: 1, max: most });
const permission = fc.record({
  resource_type: fc.constantFrom('database', 'stream', 'ghost'),
  operation: fc.constantFrom('query', 'import', 'manage', 'ghost'),
  ids: fc.subarray(['*', 'sales', 'sa*', 'web_*', 'web_1'], { minLength: 0 }),
});
const permissions = fc.array(permission, { maxLength: 3 });
/** Ends lie around the clock's hand, which moves a few seconds in a history. */
const end = fc.option(fc.integer({ min: 1_779_999_999_000, max: 1_780_000_004_000 }));

/** A list with entries, or the absence of one. */
const allowlist = fc.option(
  fc.record({
    mode: fc.constantFrom('enforce', 'monitor'),
    entries: fc.array(fc.record({ cidr: fc.constantFrom(...IPS), scope: fc.constantFrom('all', 'api_key_only') }), {
      minLength: 1,
      maxLength: 2,
    }),
  }),
  { nil: undefined },
);
const listed = (list: AccountRecord['ip_allowlist']) => (list === undefined ? {} : { ip_allowlist: list });

const account = fc.record({ number: numbered(2), hasManage: fc.boolean(), isImport: fc.boolean(), allowlist }).map(
  ({ number, hasManage, isImport, allowlist: list }): FeedRecord =>
    accountRecord(number, {
      ...listed(list),
      catalogue: [
        {
          name: 'database',
          operations: [
            { name: 'query', is_ingestion: false, includes: [] },
            { name: 'import', is_ingestion: isImport, includes: [] },
            ...(hasManage ? [{ name: 'manage', is_ingestion: false, includes: ['query', 'import'] }] : []),
          ],
        },
      ],
    }),
);
const user = fc
  .record({
    number: numbered(USERS),
    user_type: fc.constantFrom('owner', 'administrator', 'restricted', 'restricted', 'restricted'),
    is_disabled: fc.boolean(),
    policies: fc.subarray([1, 2, 3]),
    allowlist,
  })
  .map(({ number, policies, allowlist: list, ...rest }): FeedRecord => {
    const policy_ids = policies.filter((id) => accountOfNumber(id) === accountOfNumber(number)).map(policyIdNumber);
    return userRecord(number, { ...rest, account_id: accountOfNumber(number), policy_ids, ...listed(list) });
  });
const policy = fc
  .record({ number: numbered(POLICIES), permissions })
  .map(
    ({ number, permissions: list }): FeedRecord =>
      policyRecord(number, { account_id: accountOfNumber(number), permissions: list }),
  );
const key = fc
  .record({
    number: numbered(KEYS),
    owner: numbered(USERS),
    kind: fc.constantFrom('master', 'write_only'),
    ends: fc.array(end, { minLength: 1, maxLength: SECRETS }),
    disabled_at: fc.option(fc.constant(1), { freq: 5 }),
    forced_at: fc.option(fc.constant(1_779_999_999_999), { freq: 8 }),
    permissions: fc.option(permissions),
    allowed_ips: fc.subarray(IPS, { maxLength: 1 }),
    allowed_origins: fc.subarray(ORIGINS, { maxLength: 1 }),
  })
  .map(({ number, owner, ends, ...rest }): KeyRecord => {
    const account_id = accountOfNumber(number);
    const owner_id = userIdNumber(accountOfNumber(owner) === account_id ? owner : owner === USERS ? 1 : owner + 1);
    const secrets = ends.map((ends_at, secret) => ({ digest: digestOf(keyTextNumber(number, secret)), ends_at }));
    return keyRecord(number, { ...rest, account_id, owner_id, expires_at: ends[0] ?? null, secrets });
  });
const deletions = fc.oneof(
  numbered(KEYS).map((number) => keyDeletedRecord(number)),
  numbered(USERS).map(
    (number): FeedRecord => ({
      type: 'user_deleted',
      account_id: accountOfNumber(number),
      user_id: userIdNumber(number),
    }),
  ),
  numbered(POLICIES).map(
    (number): FeedRecord => ({
      type: 'policy_deleted',
      account_id: accountOfNumber(number),
      policy_id: policyIdNumber(number),
    }),
  ),
);
const record = fc.oneof(
  { weight: 6, arbitrary: key },
  { weight: 3, arbitrary: user },
  { weight: 2, arbitrary: policy },
  { weight: 1, arbitrary: account },
  { weight: 2, arbitrary: deletions },
  { weight: 1, arbitrary: fc.constant<FeedRecord>({ type: 'none' }) },
);
/** A step of a history. */
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('change' as const),
      record,
      by: fc.constantFrom('accept' as const, 'wake' as const, 'poll' as const),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('burst' as const),
      records: fc.array(record, { minLength: 2, maxLength: 6 }),
      isReversed: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restore' as const), to: fc.nat({ max: 30 }) }) },
  { weight: 1, arbitrary: fc.constant<Step>({ do: 'wake twice' }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.nat({ max: 1_000 }) }) },
);
/** A question about a key that may or may not be there. */
const question = fc.record({
  number: numbered(KEYS + 1),
  secret: fc.nat({ max: SECRETS }),
  type: fc.constantFrom('database', 'database', 'ghost'),
  operation: fc.constantFrom(null, 'query', 'import', 'manage', 'ghost'),
  resourceName: fc.constantFrom('sales', 'web_1', 'web_2', ''),
  ip: fc.constantFrom(null, ...IPS),
  origin: fc.constantFrom(null, 'null', ...ORIGINS),
  accounts: fc.constantFrom(null, [1], [2], [1, 2]),
});

test('a verifier decides as a naive one does, through every history of changes, bursts and restores (D1, D2, D3, K10)', async () => {
  const histories = fc.array(fc.tuple(step, fc.array(question, { maxLength: 6 }), fc.boolean()), { maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(histories, async (history) => {
      const pair = await createPair([accountRecord(1), accountRecord(2), userRecord(1), keyRecord(1)]);
      for (const [next, questions, isCounted] of history) {
        await takeStep(pair, next);
        for (const asked of questions) {
          const { real, naive } = verdicts(pair, asked);
          expect(real).toEqual(naive);
        }
        const { real, naive } = isCounted ? usages(pair) : { real: null, naive: null };
        expect(real).toEqual(naive);
      }
      expect(pair.verifier.position()).toEqual(pair.feed.head());
      await pair.follower.stop();
      expect(pair.clock.timers()).toBe(0);
    }),
    { numRuns: HISTORIES },
  );
}, 600_000);
