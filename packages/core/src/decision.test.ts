import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nearInstant } from '../test-support/arbitraries.ts';
import { DEFAULT_CATALOGUE } from './catalogue.ts';
import { type Bounds, DECISION_CODES, type DecisionSubject, decisionOf, type Question } from './decision.ts';
import { parseIpAddress, parseIpRange } from './ip-ranges.ts';
import { rightsOf } from './permissions.ts';
import { rangeSetOf } from './range-set.ts';
import { instant } from './time.ts';

const NOW = instant(1_700_000_000_000);
const range = (text: string) => {
  const parsed = parseIpRange(text);
  if (parsed === null) throw new Error(text);
  return parsed;
};
const QUERY = rightsOf([{ resourceType: 'database', operation: 'query', ids: ['sales'] }], DEFAULT_CATALOGUE);
const NOTHING = rightsOf([], DEFAULT_CATALOGUE);
const BOUNDS: Bounds = { allowedIps: [range('10.0.0.0/8')], allowedOrigins: ['https://shop.example'] };

const ELSEWHERE = { isEnforced: true, keyRanges: rangeSetOf([range('192.0.2.0/24')]), portalRanges: null };

const GOOD: DecisionSubject = {
  kind: 'master',
  isForciblyExpired: false,
  secretEndsAt: null,
  isDisabled: false,
  isOwnerDisabled: false,
  allowlist: null,
  bounds: BOUNDS,
  ownerRights: QUERY,
  narrowedRights: QUERY,
};
const ASKED: Question = {
  now: NOW,
  operation: { typeAndOperation: 'database:query', resourceName: 'sales', isIngestion: false },
  ip: parseIpAddress('10.1.2.3'),
  origin: 'https://shop.example',
};

/** One thing wrong each, in the order in which a caller must learn of them. */
const WRONGS: readonly (readonly [string, Partial<DecisionSubject>, Partial<Question>])[] = [
  ['expired', { isForciblyExpired: true }, {}],
  ['expired', { secretEndsAt: NOW }, {}],
  ['disabled', { isDisabled: true }, {}],
  ['owner_disabled', { isOwnerDisabled: true }, {}],
  ['ip_not_allowed', { allowlist: ELSEWHERE }, {}],
  ['ip_not_allowed', {}, { ip: null }],
  ['origin_not_allowed', {}, { origin: null }],
  ['write_only_key', { kind: 'write_only' }, {}],
  ['insufficient_permission', { ownerRights: NOTHING }, {}],
];

describe('the order of checks', () => {
  test('nothing wrong is allowed', () => expect(decisionOf(GOOD, ASKED)).toBe('allowed'));

  test('of all that is wrong a caller learns the first, whatever else is wrong', () => {
    for (let wrongs = 1; wrongs < 2 ** WRONGS.length; wrongs += 1) {
      const chosen = WRONGS.filter((_, index) => (wrongs >> index) & 1);
      const subject = chosen.reduce((made, [, change]) => ({ ...made, ...change }), GOOD);
      const question = chosen.reduce((made, [, , change]) => ({ ...made, ...change }), ASKED);
      expect(decisionOf(subject, question), chosen.map(([code]) => code).join()).toBe(chosen[0]?.[0]);
    }
  });

  test('the codes are all listed, each once, and the wrongs above follow their order', () => {
    expect(new Set(DECISION_CODES).size).toBe(DECISION_CODES.length);
    expect(DECISION_CODES.toSorted()).toEqual(
      [
        'allowed',
        'malformed',
        'not_found',
        'expired',
        'disabled',
        'owner_disabled',
        'ip_not_allowed',
        'origin_not_allowed',
        'write_only_key',
        'no_route_rule',
        'insufficient_permission',
        'rate_limited',
        'stale',
      ].toSorted(),
    );
    const places = WRONGS.map(([code]) => DECISION_CODES.findIndex((listed) => listed === code));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
  });
});

describe('expiry', () => {
  test.each([
    [-1, 'expired'],
    [0, 'expired'],
    [1, 'allowed'],
  ])('a secret that ends %i ms from now is %s (E9)', (offset, code) => {
    for (const kind of ['master', 'write_only'] as const) {
      const subject = { ...GOOD, kind, secretEndsAt: instant(NOW + offset) };
      expect(decisionOf(subject, { ...ASKED, operation: null })).toBe(code);
    }
  });

  test('allow implies active (E9, X1, X4, U5)', () => {
    const subject = fc.record({
      isForciblyExpired: fc.boolean(),
      secretEndsAt: fc.option(nearInstant),
      isDisabled: fc.boolean(),
      isOwnerDisabled: fc.boolean(),
    });
    fc.assert(
      fc.property(subject, nearInstant, fc.boolean(), (facts, now, isBare) => {
        const question = isBare ? { ...ASKED, now, operation: null } : { ...ASKED, now };
        const isAlive =
          !facts.isForciblyExpired &&
          !facts.isDisabled &&
          !facts.isOwnerDisabled &&
          (facts.secretEndsAt === null || now < facts.secretEndsAt);
        expect(decisionOf({ ...GOOD, ...facts }, question) === 'allowed').toBe(isAlive);
      }),
    );
  });
});

describe('bounds', () => {
  const withBounds = (bounds: Partial<Bounds> | null): DecisionSubject => ({
    ...GOOD,
    bounds: bounds === null ? null : { allowedIps: [], allowedOrigins: [], ...bounds },
  });
  const from = (ip: string | null, origin: string | null = null): Question => ({
    ...ASKED,
    ip: ip === null ? null : parseIpAddress(ip),
    origin,
  });

  test('without lists address and origin do not matter (I1)', () => {
    for (const bounds of [null, {}]) {
      expect(decisionOf(withBounds(bounds), from(null))).toBe('allowed');
      expect(decisionOf(withBounds(bounds), from('192.0.2.1', 'null'))).toBe('allowed');
    }
  });

  test.each([
    ['10.1.2.3', 'allowed'],
    ['198.51.100.7', 'allowed'],
    ['192.0.2.1', 'ip_not_allowed'],
    [null, 'ip_not_allowed'],
  ])('an address list and %s: %s (K5, I8)', (ip, code) => {
    const subject = withBounds({ allowedIps: [range('10.0.0.0/8'), range('198.51.100.7')] });
    expect(decisionOf(subject, from(ip))).toBe(code);
  });

  test.each([
    ['https://shop.example', 'allowed'],
    ['https://b.example', 'allowed'],
    ['https://shop.example.evil', 'origin_not_allowed'],
    ['https://shop.exampl', 'origin_not_allowed'],
    ['', 'origin_not_allowed'],
    ['null', 'origin_not_allowed'],
    [null, 'origin_not_allowed'],
  ])('an origin list and %j: %s (D15)', (origin, code) => {
    const subject = withBounds({ allowedOrigins: ['https://shop.example', 'https://b.example'] });
    expect(decisionOf(subject, from(null, origin))).toBe(code);
  });

  test('bounds hold when only the key is asked about (K5)', () => {
    expect(decisionOf(GOOD, { ...ASKED, operation: null, ip: null })).toBe('ip_not_allowed');
    expect(decisionOf(GOOD, { ...ASKED, operation: null, origin: null })).toBe('origin_not_allowed');
  });
});

describe('kind and rights', () => {
  const unknown = { typeAndOperation: 'database:vacuum', resourceName: 'sales', isIngestion: false };

  test('an unknown operation is insufficient_permission for everybody, of either kind (P3)', () => {
    const ownerRights = rightsOf('everything', DEFAULT_CATALOGUE);
    for (const kind of ['master', 'write_only'] as const) {
      for (const isIngestion of [true, false]) {
        const subject = { ...GOOD, kind, ownerRights, narrowedRights: null };
        const question = { ...ASKED, operation: { ...unknown, isIngestion } };
        expect(decisionOf(subject, question)).toBe('insufficient_permission');
      }
    }
  });

  test('narrowing binds beside the rights of the owner (K5)', () => {
    expect(decisionOf({ ...GOOD, narrowedRights: null }, ASKED)).toBe('allowed');
    expect(decisionOf({ ...GOOD, narrowedRights: NOTHING }, ASKED)).toBe('insufficient_permission');
    expect(decisionOf({ ...GOOD, ownerRights: NOTHING }, ASKED)).toBe('insufficient_permission');
  });

  test('asked only whether it is good, a key of either kind is, however narrowed', () => {
    for (const kind of ['master', 'write_only'] as const) {
      const subject = { ...GOOD, kind, ownerRights: NOTHING, narrowedRights: NOTHING };
      expect(decisionOf(subject, { ...ASKED, operation: null })).toBe('allowed');
    }
  });
});
