import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  chooseLifespan,
  expiryOf,
  isLongerLifespan,
  type Lifespan,
  lifespan,
  lifespanAfterRotation,
  lifespanInForce,
  NEVER_EXPIRES,
  parseLifespan,
  shorterLifespan,
  type SystemExpirationPolicy,
} from './lifespan.ts';
import { DAY_MS, instant } from './time.ts';

const anyLifespan: fc.Arbitrary<Lifespan> = fc.option(fc.integer({ min: 1, max: 365 })).map(lifespan);
const days = (count: number | null): Lifespan => lifespan(count);
/** Never counts as longer than any number of days. */
const length = (of: Lifespan): number => of ?? Number.POSITIVE_INFINITY;
const system = (master: number | null, usersMayOnlyShorten = false): SystemExpirationPolicy => ({
  lifespans: { master: days(master), write_only: null },
  usersMayOnlyShorten,
});

describe('parsing (E1)', () => {
  test.each([null, 1, 2, 30, 364, 365])('%j is a lifespan (E1)', (value) => {
    expect(parseLifespan(value)).toEqual({ lifespan: value });
  });

  test.each([
    0,
    -0,
    -1,
    -365,
    366,
    1.5,
    364.999,
    1e9,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    Number.MAX_SAFE_INTEGER + 1,
    '',
    'x',
    '30',
    'never',
    true,
    false,
    undefined,
    [],
    [30],
    {},
    { days: 30 },
    30n,
    () => 30,
    Symbol('30'),
    new Number(30),
  ])('%o is refused (E1)', (value) => {
    expect(parseLifespan(value)).toBeNull();
  });

  test('nothing else gets in (E1)', () => {
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.double(), fc.integer()), (value) => {
        const isGood = value === null || (typeof value === 'number' && [...Array(365).keys()].includes(value - 1));
        expect(parseLifespan(value) !== null).toBe(isGood);
      }),
    );
  });

  test('a stored value that is no lifespan is a fault (E1)', () => {
    expect(() => lifespan(0)).toThrow(RangeError);
    expect(() => lifespan(366)).toThrow(RangeError);
    expect(lifespan(null)).toBeNull();
  });
});

describe('the policy in force', () => {
  test('is never until somebody sets one (E1)', () => {
    const untouched = { lifespans: NEVER_EXPIRES, usersMayOnlyShorten: false };
    expect(lifespanInForce(untouched, {}, 'master')).toBeNull();
    expect(lifespanInForce(untouched, {}, 'write_only')).toBeNull();
  });

  test('differs by kind (E2)', () => {
    const policy = { lifespans: { master: days(90), write_only: days(7) }, usersMayOnlyShorten: false };
    expect([lifespanInForce(policy, {}, 'master'), lifespanInForce(policy, {}, 'write_only')]).toEqual([90, 7]);
  });

  test.each([
    [90, undefined, false, 90],
    [90, 30, false, 30],
    [90, 365, false, 365],
    [90, null, false, null],
    [null, 30, false, 30],
    [90, undefined, true, 90],
    [90, 30, true, 30],
    [90, 365, true, 90],
    [90, null, true, 90],
    [null, 30, true, 30],
    [null, null, true, null],
  ])('system %j, user %j, only shorten %j: %j (E3)', (of, own, usersMayOnlyShorten, expected) => {
    const user = own === undefined ? {} : { master: days(own) };
    expect(lifespanInForce(system(of, usersMayOnlyShorten), user, 'master')).toBe(expected);
  });

  test('a user policy for one kind leaves the other to the account (E3)', () => {
    const policy = { lifespans: { master: days(90), write_only: days(7) }, usersMayOnlyShorten: false };
    expect(lifespanInForce(policy, { master: days(30) }, 'write_only')).toBe(7);
  });

  test('when users may only shorten, nobody outlives the account (E3)', () => {
    fc.assert(
      fc.property(anyLifespan, fc.option(anyLifespan, { nil: undefined }), (of, own) => {
        const user = own === undefined ? {} : { master: own };
        const policy = { lifespans: { master: of, write_only: null }, usersMayOnlyShorten: true };
        expect(length(lifespanInForce(policy, user, 'master'))).toBeLessThanOrEqual(length(of));
      }),
    );
  });
});

describe('choosing', () => {
  test('whoever asks for nothing gets the policy (E5)', () => {
    expect(chooseLifespan(days(90), undefined, 'master')).toEqual({ ok: true, value: 90 });
  });

  test.each([
    [90, 89, true],
    [90, 90, true],
    [90, 91, false],
    [90, null, false],
    [365, null, false],
    [null, null, true],
    [null, 365, true],
  ])('under %j days, %j asked: %j (E5)', (inForce, asked, isFine) => {
    const result = chooseLifespan(days(inForce), days(asked), 'write_only');
    const refusal = { kind: 'lifespan-too-long', keyKind: 'write_only', asked, longest: inForce };
    expect(result).toEqual(isFine ? { ok: true, value: asked } : { ok: false, refusal });
  });

  test('nobody ever gets longer than the policy (E5)', () => {
    fc.assert(
      fc.property(anyLifespan, fc.option(anyLifespan, { nil: undefined }), (inForce, asked) => {
        const result = chooseLifespan(inForce, asked, 'master');
        if (result.ok) expect(length(result.value)).toBeLessThanOrEqual(length(inForce));
        else expect(length(asked ?? null)).toBeGreaterThan(length(inForce));
      }),
    );
  });

  test('shorter and longer agree', () => {
    fc.assert(
      fc.property(anyLifespan, anyLifespan, (a, b) => {
        expect(length(shorterLifespan(a, b))).toBe(Math.min(length(a), length(b)));
        expect(isLongerLifespan(a, b)).toBe(length(a) > length(b));
      }),
    );
  });
});

describe('expiry', () => {
  test('a day is 86,400 s, across 29 February and both changes of daylight saving (E1, E4)', () => {
    expect(expiryOf(instant(Date.UTC(2028, 1, 28, 12)), days(1))).toBe(Date.UTC(2028, 1, 29, 12));
    expect(expiryOf(instant(Date.UTC(2028, 1, 28, 12)), days(365))).toBe(Date.UTC(2029, 1, 27, 12));
    expect(expiryOf(instant(Date.UTC(2026, 2, 28, 23, 30)), days(1))).toBe(Date.UTC(2026, 2, 29, 23, 30));
    expect(expiryOf(instant(Date.UTC(2026, 9, 24, 23, 30)), days(1))).toBe(Date.UTC(2026, 9, 25, 23, 30));
  });

  test('never is never (E1)', () => expect(expiryOf(instant(5), null)).toBeNull());

  test('is exact to the millisecond (E4)', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: Date.UTC(2100, 0) }), fc.integer({ min: 1, max: 365 }), (now, count) => {
        expect(expiryOf(instant(now), days(count))).toBe(now + count * DAY_MS);
      }),
    );
  });

  test.each([
    [null, null, null],
    [90, null, 90],
    [null, 90, 90],
    [90, 30, 30],
    [30, 90, 30],
  ])('rotated under %j, chosen at creation %j: %j (X5)', (inForce, chosen, expected) => {
    expect(lifespanAfterRotation(days(inForce), days(chosen))).toBe(expected);
  });

  test('a rotation outlives neither the policy nor the choice at creation (E7, X5)', () => {
    fc.assert(
      fc.property(anyLifespan, anyLifespan, (inForce, chosen) => {
        const lived = length(lifespanAfterRotation(inForce, chosen));
        expect(lived).toBeLessThanOrEqual(length(inForce));
        expect(lived).toBeLessThanOrEqual(length(chosen));
      }),
    );
  });
});
