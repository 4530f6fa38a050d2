import { BlockList } from 'node:net';
import { expect, test } from 'vitest';
import {
  allowlistInForce,
  type AllowlistVerdict,
  type CompiledAllowlist,
  compileAllowlist,
  entryForKey,
  type IpAllowlist,
  keyVerdict,
  portalVerdict,
} from './allowlists.ts';
import { decisionOf, type DecisionSubject, type Question, wouldBeDenied } from './decision.ts';
import { parseIpAddress } from './ip-ranges.ts';
import { rightsOf } from './permissions.ts';
import { instant } from './time.ts';

type Entry = { readonly cidr: string; readonly scope: 'all' | 'api_key_only' };
const ENTRIES: readonly Entry[] = [
  { cidr: '203.0.113.0/24', scope: 'all' },
  { cidr: '198.51.100.7', scope: 'api_key_only' },
  { cidr: '2001:db8:a::/48', scope: 'all' },
  { cidr: '2001:db8:b::7', scope: 'api_key_only' },
];
const ADDRESSES = [
  '203.0.113.200',
  '::ffff:203.0.113.200',
  '198.51.100.7',
  '::ffff:c633:6407',
  '198.51.100.8',
  '2001:db8:a:ffff::1',
  '2001:db8:b::7',
  '2001:db8:b::8',
  null,
];

/** No list, and every list of some of the entries in either mode, the one of none included. */
const LISTS: readonly (IpAllowlist | null)[] = [
  null,
  ...Array.from({ length: 2 ** ENTRIES.length }, (_, chosen) =>
    ENTRIES.filter((_entry, n) => (chosen >> n) & 1),
  ).flatMap((entries) => [{ mode: 'enforce', entries } as const, { mode: 'monitor', entries } as const]),
];

/** Whether an address is in an entry, told by Node's own lists of addresses. */
function isIn({ cidr }: Entry, address: string): boolean {
  const [base = '', bits] = cidr.split('/');
  const family = base.includes(':') ? 'ipv6' : 'ipv4';
  const block = new BlockList();
  if (bits === undefined) block.addAddress(base, family);
  else block.addSubnet(base, Number(bits), family);
  const hex = /^::ffff:([0-9a-f]{2})([0-9a-f]{2}):([0-9a-f]{2})([0-9a-f]{2})$/.exec(address);
  const dotted =
    hex === null
      ? address.replace(/^::ffff:/, '')
      : hex
          .slice(1)
          .map((byte) => Number.parseInt(byte, 16))
          .join('.');
  return (
    block.check(dotted, dotted.includes(':') ? 'ipv6' : 'ipv4') && family === (dotted.includes(':') ? 'ipv6' : 'ipv4')
  );
}

/** I1, I3, I7 as they are written down, one sentence after the other. */
function naively(
  lists: { readonly account: IpAllowlist | null; readonly user: IpAllowlist | null },
  side: 'portal' | 'key',
  address: string | null,
): AllowlistVerdict {
  const hasEntries = (list: IpAllowlist | null): boolean => (list?.entries ?? []).length > 0;
  const list = hasEntries(lists.user) ? lists.user : lists.account;
  if (list === null || !hasEntries(list)) return 'allowed';
  const matches = (scope: Entry['scope']) =>
    list.entries.some((entry) => entry.scope === scope && address !== null && isIn(entry, address));
  const has = (scope: Entry['scope']) => list.entries.some((entry) => entry.scope === scope);
  let isMatch: boolean;
  if (has('all') && !has('api_key_only')) isMatch = matches('all');
  else if (!has('all')) isMatch = side === 'portal' || matches('api_key_only');
  else isMatch = side === 'portal' ? matches('all') || matches('api_key_only') : matches('api_key_only');
  if (isMatch) return 'allowed';
  return list.mode === 'enforce' ? 'refused' : 'would_be_refused';
}

function compiledOf(lists: Parameters<typeof naively>[0]): CompiledAllowlist | null {
  const inForce = allowlistInForce(lists);
  const compiled = inForce === null ? null : compileAllowlist(inForce.list);
  if (compiled === 'malformed') throw new Error('an entry of this test is no range');
  return compiled;
}

const RIGHTS = rightsOf('everything', [
  {
    name: 'database',
    operations: [
      { name: 'import', isIngestion: true, includes: [] },
      { name: 'query', isIngestion: false, includes: [] },
    ],
  },
]);
const GOOD: Omit<DecisionSubject, 'kind' | 'allowlist'> = {
  isForciblyExpired: false,
  secretEndsAt: null,
  isDisabled: false,
  isOwnerDisabled: false,
  bounds: null,
  ownerRights: RIGHTS,
  narrowedRights: null,
};
const OPERATIONS: readonly Question['operation'][] = [
  null,
  { typeAndOperation: 'database:import', resourceName: 'sales', isIngestion: true },
  { typeAndOperation: 'database:query', resourceName: 'sales', isIngestion: false },
];

const pairs = LISTS.flatMap((account) => LISTS.map((user) => ({ account, user })));

test(`scopes × levels × modes × families: ${pairs.length} pairs of lists and ${ADDRESSES.length} addresses (I1, I2, I3, I7, I8)`, () => {
  const seen = new Map<string, number>();
  for (const lists of pairs) {
    const compiled = compiledOf(lists);
    for (const address of ADDRESSES) {
      const ip = address === null ? null : parseIpAddress(address);
      for (const side of ['portal', 'key'] as const) {
        const expected = naively(lists, side, address);
        const verdict = side === 'portal' ? portalVerdict(compiled, ip) : keyVerdict(compiled, ip);
        if (verdict !== expected) expect([lists, side, address, verdict]).toEqual([lists, side, address, expected]);
        seen.set(`${side} ${verdict}`, (seen.get(`${side} ${verdict}`) ?? 0) + 1);
      }
    }
  }
  expect(seen.size, JSON.stringify([...seen])).toBe(6);
});

test('kinds × operations: a decision refuses as the list does, but for the ingestion of write-only keys (I3, I7, I8)', () => {
  const seen = new Set<string>();
  for (const lists of pairs) {
    const allowlist = compiledOf(lists);
    for (const address of ADDRESSES) {
      const verdict = naively(lists, 'key', address);
      for (const kind of ['master', 'write_only'] as const) {
        for (const operation of OPERATIONS) {
          const subject = { ...GOOD, kind, allowlist };
          const question = {
            now: instant(0),
            operation,
            ip: address === null ? null : parseIpAddress(address),
            origin: null,
          };
          const isExempt = kind === 'write_only' && operation?.isIngestion !== false;
          const withoutList = kind === 'write_only' && operation?.isIngestion === false ? 'write_only_key' : 'allowed';
          const expected = verdict === 'refused' && !isExempt ? 'ip_not_allowed' : withoutList;
          const code = decisionOf(subject, question);
          if (code !== expected)
            expect([lists, address, kind, operation, code]).toEqual([lists, address, kind, operation, expected]);
          const isReported = wouldBeDenied(subject, question);
          if (isReported !== (verdict === 'would_be_refused' && !isExempt))
            expect([lists, address, kind, operation]).toBe(isReported);
          seen.add(`${kind} ${code} ${isReported}`);
        }
      }
    }
  }
  expect([...seen].toSorted()).toEqual([
    'master allowed false',
    'master allowed true',
    'master ip_not_allowed false',
    'write_only allowed false',
    'write_only ip_not_allowed false',
    'write_only write_only_key false',
    'write_only write_only_key true',
  ]);
});

test('the entry that is named is one that lets a key in (P7, I3)', () => {
  for (const list of LISTS) {
    if (list === null || list.entries.length === 0) continue;
    for (const address of ADDRESSES) {
      const entry = entryForKey(list, address === null ? null : parseIpAddress(address));
      const isLetIn = naively({ account: list, user: null }, 'key', address) === 'allowed';
      expect(entry !== null).toBe(isLetIn);
      if (entry !== null && address !== null) expect(isIn(entry, address)).toBe(true);
    }
  }
});

test.each(['10.0.0.1/8', '010.0.0.1', '10.1', '2001:db8::1/32', '10.0.0.0/33', 'fe80::1%eth0', 'localhost', ''])(
  'a list with the entry %j is malformed, not shorter (I2)',
  (cidr) => {
    const good = { cidr: '10.0.0.0/8', scope: 'all' } as const;
    expect(compileAllowlist({ mode: 'enforce', entries: [good, { cidr, scope: 'all' }] })).toBe('malformed');
  },
);
