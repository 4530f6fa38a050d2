import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hasExpired, isExpiring, type KeyFacts, statusOf, statusWord } from './key-status.ts';
import { nearInstant } from '../test-support/arbitraries.ts';
import { DAY_MS, instant } from './time.ts';

const END = instant(1_700_000_000_000);
const at = (offset: number) => instant(END + offset);
const ALIVE: KeyFacts = { expiresAt: END, disabledAt: null, forcedExpiry: null };

const facts: fc.Arbitrary<KeyFacts> = fc.record({
  expiresAt: fc.option(nearInstant),
  disabledAt: fc.option(nearInstant),
  forcedExpiry: fc.option(nearInstant.map((when) => ({ at: when }))),
});

describe('expiry', () => {
  test.each([
    [-1, 'active'],
    [0, 'expired'],
    [1, 'expired'],
  ])('%i ms from its expiry a key is %s (E9)', (offset, kind) => {
    expect(statusOf(ALIVE, at(offset)).kind).toBe(kind);
    expect(hasExpired(END, at(offset))).toBe(kind === 'expired');
  });

  test('an expired key tells when and by what (E9, E11)', () => {
    expect(statusOf(ALIVE, at(5))).toEqual({ kind: 'expired', at: END, by: 'lifespan' });
  });

  test('a key without expiry never expires (E1)', () => {
    const status = statusOf({ ...ALIVE, expiresAt: null }, instant(253_402_300_799_999));
    expect(status).toEqual({ kind: 'active', expiresAt: null });
  });

  test('dead stays dead: a key that expired never comes back (E9)', () => {
    fc.assert(
      fc.property(facts, nearInstant, nearInstant, (key, a, b) => {
        const earlier = statusOf(key, a < b ? a : b);
        const later = statusOf(key, a < b ? b : a);
        if (earlier.kind === 'expired') expect(later).toEqual(earlier);
      }),
    );
  });
});

describe('forced and disabled', () => {
  test('forced beats everything, at any time, also before its own instant (X1, X2)', () => {
    fc.assert(
      fc.property(facts, nearInstant, nearInstant, (key, now, forcedAt) => {
        const status = statusOf({ ...key, forcedExpiry: { at: forcedAt } }, now);
        expect(status).toEqual({ kind: 'expired', at: forcedAt, by: 'forced' });
      }),
    );
  });

  test('a disabled key is never active, and dead once it expires (X4)', () => {
    fc.assert(
      fc.property(facts, nearInstant, nearInstant, (key, now, since) => {
        expect(statusOf({ ...key, disabledAt: since }, now).kind).not.toBe('active');
      }),
    );
    expect(statusOf({ ...ALIVE, disabledAt: at(-9) }, at(-1))).toEqual({ kind: 'disabled', since: at(-9) });
    expect(statusOf({ ...ALIVE, disabledAt: at(-9) }, at(0)).kind).toBe('expired');
  });

  test('enabling gives back exactly the key that was disabled, expiry included (X4)', () => {
    fc.assert(
      fc.property(facts, nearInstant, (key, now) => {
        const enabled = { ...key, disabledAt: null };
        const status = statusOf(enabled, now);
        if (status.kind === 'active') expect(status.expiresAt).toBe(key.expiresAt);
      }),
    );
  });
});

describe('the word in lists', () => {
  const DAYS = 30;
  test.each([
    [-30 * DAY_MS - 1, 'active'],
    [-30 * DAY_MS, 'expiring'],
    [-1, 'expiring'],
    [0, 'expired'],
  ])('%i ms from expiry it is %s (R2, E13)', (offset, word) => {
    expect(statusWord(ALIVE, at(offset), DAYS)).toBe(word);
    expect(isExpiring(END, at(offset), DAYS)).toBe(word === 'expiring');
  });

  test('disabled goes before expiring', () => {
    expect(statusWord({ ...ALIVE, disabledAt: at(-9) }, at(-1), DAYS)).toBe('disabled');
  });

  test('forced reads expired, never deleted or disabled (X2)', () => {
    const forced = { ...ALIVE, disabledAt: at(-9), forcedExpiry: { at: at(-5) } };
    expect(statusWord(forced, at(-9), DAYS)).toBe('expired');
  });

  test('a key that never expires is never expiring (R7)', () => {
    expect(isExpiring(null, END, DAYS)).toBe(false);
    expect(statusWord({ ...ALIVE, expiresAt: null }, END, DAYS)).toBe('active');
  });
});
