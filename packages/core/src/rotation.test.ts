import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hasExpired, type KeyStatus } from './key-status.ts';
import { OVERLAP_SECONDS_LONGEST } from './limits.ts';
import {
  mayEnable,
  mayRotate,
  type Overlap,
  parseOverlap,
  previousEndsAt,
  type RotationFacts,
  rotationRefusal,
} from './rotation.ts';
import { DAY_MS, instant } from './time.ts';

const NOW = instant(1_700_000_000_000);
const ACTIVE: KeyStatus = { kind: 'active', expiresAt: null };
const DISABLED: KeyStatus = { kind: 'disabled', since: NOW };
const EXPIRED: KeyStatus = { kind: 'expired', at: NOW, by: 'lifespan' };
const FORCED: KeyStatus = { kind: 'expired', at: NOW, by: 'forced' };
const overlap = (seconds: number): Overlap => {
  const parsed = parseOverlap(seconds);
  if (parsed === null) throw new Error(String(seconds));
  return parsed;
};

describe('who may be rotated', () => {
  const refusedDisabled = { kind: 'key-disabled', since: NOW };
  const refusedPromoted = { kind: 'owner-must-rotate', since: NOW };
  const dead = (by: 'lifespan' | 'forced') => ({ kind: 'key-expired', at: NOW, by });
  test.each<[string, KeyStatus, RotationFacts, object | null]>([
    ['active, by its owner', ACTIVE, { disabledReason: null, isOwner: true }, null],
    ['active, by a manager', ACTIVE, { disabledReason: null, isOwner: false }, null],
    ['disabled on request, by its owner', DISABLED, { disabledReason: 'request', isOwner: true }, refusedDisabled],
    ['disabled on request, by a manager', DISABLED, { disabledReason: 'request', isOwner: false }, refusedDisabled],
    ['disabled without a reason', DISABLED, { disabledReason: null, isOwner: true }, refusedDisabled],
    ['disabled by a promotion, by its owner', DISABLED, { disabledReason: 'promotion', isOwner: true }, null],
    [
      'disabled by a promotion, by a manager',
      DISABLED,
      { disabledReason: 'promotion', isOwner: false },
      refusedPromoted,
    ],
    ['expired', EXPIRED, { disabledReason: null, isOwner: true }, dead('lifespan')],
    ['expired, disabled by a promotion', EXPIRED, { disabledReason: 'promotion', isOwner: true }, dead('lifespan')],
    ['force-expired', FORCED, { disabledReason: null, isOwner: true }, dead('forced')],
    ['force-expired, disabled by a promotion', FORCED, { disabledReason: 'promotion', isOwner: true }, dead('forced')],
  ])('%s (X5, U3)', (_, status, facts, refusal) => {
    expect(rotationRefusal(status, facts)).toEqual(refusal);
    expect(mayRotate(status, facts)).toBe(refusal === null);
  });

  test('what a promotion stopped is not simply enabled again (U3)', () => {
    expect([mayEnable('promotion'), mayEnable('request'), mayEnable(null)]).toEqual([false, true, true]);
  });
});

describe('the overlap', () => {
  test.each([0, 1, 86_400, OVERLAP_SECONDS_LONGEST])('%j seconds is one (X5)', (value) => {
    expect(parseOverlap(value)).toBe(value);
  });

  test.each([
    -1,
    OVERLAP_SECONDS_LONGEST + 1,
    1.5,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    '0',
    null,
    undefined,
    [],
    {},
    true,
  ])('%j is none (X5)', (value) => expect(parseOverlap(value)).toBeNull());

  test('is at most 30 days (X5)', () => expect(OVERLAP_SECONDS_LONGEST * 1_000).toBe(30 * DAY_MS));

  test.each([
    [60, null, 60_000],
    [60, 59_999, 59_999],
    [60, 60_000, 60_000],
    [60, 60_001, 60_000],
    [0, null, 0],
    [0, 1, 0],
  ])('of %i s, with an own expiry in %j ms: the old secret ends in %i ms (X5)', (seconds, expiresInMs, endsInMs) => {
    const expiresAt = expiresInMs === null ? null : instant(NOW + expiresInMs);
    expect(previousEndsAt(NOW, overlap(seconds), expiresAt)).toBe(NOW + endsInMs);
  });

  test('of nothing kills the old secret at once (X5, E9)', () => {
    expect(hasExpired(previousEndsAt(NOW, overlap(0), null), NOW)).toBe(true);
  });

  test('ends, and never lengthens the life of the old secret (E4, X5)', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: OVERLAP_SECONDS_LONGEST }),
        fc.option(fc.nat(90 * DAY_MS)),
        (seconds, lifeMs) => {
          const expiresAt = lifeMs === null ? null : instant(NOW + lifeMs);
          const endsAt = previousEndsAt(NOW, overlap(seconds), expiresAt);
          expect(endsAt).toBeLessThanOrEqual(NOW + 30 * DAY_MS);
          if (expiresAt !== null) expect(endsAt).toBeLessThanOrEqual(expiresAt);
        },
      ),
    );
  });
});
