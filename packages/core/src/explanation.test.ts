import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CATALOGUE, nearInstant, permissionList, resourceName } from '../test-support/arbitraries.ts';
import { compileAllowlist, type IpAllowlist } from './allowlists.ts';
import { DEFAULT_CATALOGUE, findOperation } from './catalogue.ts';
import { decisionOf } from './decision.ts';
import {
  CHECKS,
  CODE_OF_CHECK,
  explain,
  type ExplainedQuestion,
  type ExplainedSubject,
  type Explanation,
} from './explanation.ts';
import type { PolicyId } from './ids.ts';
import { parseIpAddress, parseIpRange } from './ip-ranges.ts';
import { GRANTS_SHOWN_MOST } from './limits.ts';
import { type Permission, rightsOf, unionOf } from './permissions.ts';
import { instant } from './time.ts';

const NOW = instant(1_700_000_000_000);
const RANGES = ['10.0.0.0/8', '203.0.113.7/32', '2001:db8::/32'];
const ADDRESSES = ['10.1.2.3', '203.0.113.8', '2001:db8::1'].map(parseIpAddress);
const ORIGINS = ['https://shop.example', 'https://other.example'];

const allowlist: fc.Arbitrary<IpAllowlist | null> = fc.option(
  fc.record({
    mode: fc.constantFrom('enforce', 'monitor'),
    entries: fc.array(fc.record({ cidr: fc.constantFrom(...RANGES), scope: fc.constantFrom('all', 'api_key_only') }), {
      minLength: 1,
      maxLength: 4,
    }),
  }),
);
const subject: fc.Arbitrary<ExplainedSubject> = fc.record({
  allowlist,
  catalogue: fc.constantFrom(CATALOGUE, DEFAULT_CATALOGUE, []),
  key: fc.record({
    kind: fc.constantFrom('master', 'write_only'),
    expiresAt: fc.option(nearInstant),
    disabledAt: fc.option(nearInstant, { freq: 9 }).map((at) => (at !== null && at % 4 === 0 ? at : null)),
    forcedExpiry: fc
      .option(
        nearInstant.map((at) => ({ at })),
        { freq: 2 },
      )
      .map((end) => (end && end.at % 4 ? null : end)),
    allowedIps: fc.subarray(RANGES),
    allowedOrigins: fc.subarray(ORIGINS),
    permissions: fc.option(permissionList),
  }),
  owner: fc.record({
    userType: fc.constantFrom('owner', 'administrator', 'restricted', 'restricted', 'restricted'),
    isDisabled: fc.nat(5).map((n) => n === 0),
    policies: fc
      .array(permissionList, { maxLength: 3 })
      .map((lists) => lists.map((permissions, index) => ({ id: `pol_${index}` as PolicyId, permissions }))),
  }),
});
const question: fc.Arbitrary<ExplainedQuestion> = fc.record({
  now: nearInstant,
  resourceType: fc.constantFrom('database', 'database', 'stream', 'queue', '*'),
  operation: fc.constantFrom('query', 'edit', 'import', 'manage', 'append', 'load', 'read', 'vacuum', '*'),
  resourceName,
  ip: fc.constantFrom(null, ...ADDRESSES),
  origin: fc.constantFrom(null, 'null', ...ORIGINS),
});

/** The decision as a verifier comes to it: by rights that were worked out before, for all policies together. */
function decided({ key, owner, catalogue, allowlist: list }: ExplainedSubject, asked: ExplainedQuestion) {
  const isAdministrative = owner.userType !== 'restricted';
  const compiled = list === null ? null : compileAllowlist(list);
  if (compiled === 'malformed') throw new Error('a list of these tests is malformed');
  const union = unionOf(owner.policies.map(({ permissions }) => permissions));
  return decisionOf(
    {
      kind: key.kind,
      isForciblyExpired: key.forcedExpiry !== null,
      secretEndsAt: key.expiresAt,
      isDisabled: key.disabledAt !== null,
      isOwnerDisabled: owner.isDisabled,
      allowlist: compiled,
      bounds: {
        allowedIps: key.allowedIps.flatMap((text) => parseIpRange(text) ?? []),
        allowedOrigins: key.allowedOrigins,
      },
      ownerRights: rightsOf(isAdministrative ? 'everything' : union, catalogue),
      narrowedRights: key.permissions === null ? null : rightsOf(key.permissions, catalogue),
    },
    {
      now: asked.now,
      operation: {
        typeAndOperation: `${asked.resourceType}:${asked.operation}`,
        resourceName: asked.resourceName,
        isIngestion: findOperation(catalogue, asked.resourceType, asked.operation)?.isIngestion === true,
      },
      ip: asked.ip,
      origin: asked.origin,
    },
  );
}

const SEED = 20_261_123;

test(`an explanation says what the decision says, on every input, seed ${SEED} (P7)`, () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(subject, question, (of, asked) => {
      const explanation = explain(of, asked);
      seen.add(explanation.code);
      expect(explanation.code).toBe(decided(of, asked));
    }),
    { seed: SEED, numRuns: 20_000 },
  );
  const all = [
    'allowed',
    ...new Set(CHECKS.filter((check) => check !== 'rate_limit').map((check) => CODE_OF_CHECK[check])),
  ];
  expect([...seen].toSorted(), 'every code was met').toEqual(all.toSorted());
});

test(`one check fails at most, and none after it is reached, seed ${SEED} (P7)`, () => {
  fc.assert(
    fc.property(subject, question, (of, asked) => {
      const { code, checks } = explain(of, asked);
      expect(checks.map(({ check }) => check)).toEqual(CHECKS);
      const failed = checks.findIndex(({ outcome }) => outcome === 'fail');
      expect(code).toBe(failed === -1 ? 'allowed' : CODE_OF_CHECK[checks[failed]?.check ?? 'expiry']);
      for (const [index, { outcome }] of checks.entries()) {
        if (index !== failed) expect(outcome === 'not_reached').toBe(failed !== -1 && index > failed);
      }
    }),
    { seed: SEED, numRuns: 2_000 },
  );
});

const on = (operation: string, ...ids: string[]): Permission => ({ resourceType: 'database', operation, ids });
const GOOD: ExplainedSubject = {
  allowlist: null,
  catalogue: DEFAULT_CATALOGUE,
  key: {
    kind: 'master',
    expiresAt: null,
    disabledAt: null,
    forcedExpiry: null,
    allowedIps: ['192.0.2.0/24', '10.0.0.0/8'],
    allowedOrigins: [],
    permissions: [on('query', 'x'), on('import', 'a*', 'sales')],
  },
  owner: {
    userType: 'restricted',
    isDisabled: false,
    policies: [
      { id: 'pol_reads' as PolicyId, permissions: [on('query', '*')] },
      { id: 'pol_manages' as PolicyId, permissions: [on('edit', '*'), on('manage', 's*')] },
      { id: 'pol_imports' as PolicyId, permissions: [on('import', 'sales')] },
    ],
  },
};
const ASKED: ExplainedQuestion = {
  now: NOW,
  resourceType: 'database',
  operation: 'import',
  resourceName: 'sales',
  ip: parseIpAddress('10.1.2.3'),
  origin: null,
};
const checkOf = ({ checks }: Explanation, name: (typeof CHECKS)[number]) => checks.find(({ check }) => check === name);

describe('what decided is named', () => {
  test('the policies that give, each by which permission and which of its names, inclusions too (P7)', () => {
    expect(checkOf(explain(GOOD, ASKED), 'owner_permissions')?.grants).toEqual([
      { policyId: 'pol_manages', permission: on('manage', 's*'), id: 's*' },
      { policyId: 'pol_imports', permission: on('import', 'sales'), id: 'sales' },
    ]);
  });

  test('so many permissions at most, however many there are (P7)', () => {
    const permissions = Array.from({ length: GRANTS_SHOWN_MOST }, () => on('import', '*'));
    const policies = [1, 2].map((number) => ({ id: `pol_${number}` as PolicyId, permissions }));
    const explanation = explain({ ...GOOD, owner: { ...GOOD.owner, policies } }, ASKED);
    expect(checkOf(explanation, 'owner_permissions')?.grants).toHaveLength(GRANTS_SHOWN_MOST);
  });

  test('the entry of the narrowing and the range that let pass (P7, K5)', () => {
    const explanation = explain(GOOD, ASKED);
    expect(checkOf(explanation, 'key_permissions')).toEqual({
      check: 'key_permissions',
      outcome: 'pass',
      grants: [{ policyId: null, permission: on('import', 'a*', 'sales'), id: 'sales' }],
      entry: null,
    });
    expect(checkOf(explanation, 'key_allowed_ips')?.entry).toBe('10.0.0.0/8');
    expect(explanation.code).toBe('allowed');
  });

  test.each([
    ['before', NOW - 1, 'pass'],
    ['at', NOW, 'fail'],
    ['after', NOW + 1, 'fail'],
  ])('%s the instant of its expiry (E9)', (_when, now, outcome) => {
    const expiring = { ...GOOD, key: { ...GOOD.key, expiresAt: NOW } };
    expect(checkOf(explain(expiring, { ...ASKED, now: instant(now) }), 'expiry')?.outcome).toBe(outcome);
  });
});
