import { describe, expect, test } from 'vitest';
import { FRESH_PROOF_MS, SESSION_HOURS_DEFAULT, SESSION_IDLE_MINUTES_DEFAULT } from './limits.ts';
import { isProofFresh, isSessionAlive, sessionBounds, sessionEnds, type SessionFacts } from './sessions.ts';
import { instant, MINUTE_MS } from './time.ts';

const NOW = instant(1_700_000_000_000);
const BOUNDS = sessionBounds({
  sessionIdleMinutes: SESSION_IDLE_MINUTES_DEFAULT,
  sessionLongestHours: SESSION_HOURS_DEFAULT,
});
const { idleMs: SESSION_IDLE_MS, longestMs: SESSION_LONGEST_MS } = BOUNDS;
const ago = (ms: number) => instant(NOW - ms);
const session = (changes: Partial<SessionFacts>): SessionFacts => ({
  createdAt: ago(0),
  lastSeenAt: ago(0),
  endedAt: null,
  ...changes,
});

describe('a session', () => {
  test('the defaults are 2 h idle and 24 h in all (U7)', () => {
    expect([SESSION_IDLE_MS, SESSION_LONGEST_MS]).toEqual([2 * 60 * MINUTE_MS, 24 * 60 * MINUTE_MS]);
  });

  test('follows the settings of its account, and tells when it ends (U7)', () => {
    const bounds = sessionBounds({ sessionIdleMinutes: 15, sessionLongestHours: 12 });
    expect(bounds).toEqual({ idleMs: 15 * MINUTE_MS, longestMs: 12 * 60 * MINUTE_MS });
    const { idleEndsAt, endsAt } = sessionEnds(session({ createdAt: ago(1000) }), bounds);
    expect([idleEndsAt - NOW, endsAt - NOW]).toEqual([15 * MINUTE_MS, 12 * 60 * MINUTE_MS - 1000]);
    expect(isSessionAlive(session({ lastSeenAt: ago(15 * MINUTE_MS) }), NOW, bounds)).toBe(false);
    expect(isSessionAlive(session({ lastSeenAt: ago(15 * MINUTE_MS) }), NOW, BOUNDS)).toBe(true);
  });

  test.each([
    [SESSION_IDLE_MS - 1, true],
    [SESSION_IDLE_MS, false],
    [SESSION_IDLE_MS + 1, false],
  ])('idle for %i ms is alive: %j (U7)', (idleMs, isAlive) => {
    expect(isSessionAlive(session({ lastSeenAt: ago(idleMs) }), NOW, BOUNDS)).toBe(isAlive);
  });

  test.each([
    [SESSION_LONGEST_MS - 1, true],
    [SESSION_LONGEST_MS, false],
    [SESSION_LONGEST_MS + 1, false],
  ])('%i ms old and busy is alive: %j (U7)', (ageMs, isAlive) => {
    expect(isSessionAlive(session({ createdAt: ago(ageMs) }), NOW, BOUNDS)).toBe(isAlive);
  });

  test('that was ended is over, whenever that was (U7)', () => {
    for (const endedAt of [ago(1), NOW, instant(NOW + 1)]) {
      expect(isSessionAlive(session({ endedAt }), NOW, BOUNDS)).toBe(false);
    }
  });

  test('seen by a clock slightly ahead lives on; from a clock far ahead it gains nothing (U7)', () => {
    expect(isSessionAlive(session({ lastSeenAt: instant(NOW + 500) }), NOW, BOUNDS)).toBe(true);
    expect(isSessionAlive(session({ lastSeenAt: instant(NOW + SESSION_IDLE_MS) }), NOW, BOUNDS)).toBe(false);
    expect(isSessionAlive(session({ createdAt: instant(NOW + SESSION_LONGEST_MS) }), NOW, BOUNDS)).toBe(false);
  });
});

describe('a proof', () => {
  test('counts for 15 minutes (U8)', () => expect(FRESH_PROOF_MS).toBe(15 * MINUTE_MS));

  test.each([
    [0, true],
    [FRESH_PROOF_MS - 1, true],
    [FRESH_PROOF_MS, true],
    [FRESH_PROOF_MS + 1, false],
    [-500, true],
    [-FRESH_PROOF_MS - 1, false],
  ])('%i ms old is fresh: %j (U8)', (ageMs, isFresh) => {
    expect(isProofFresh(ago(ageMs), NOW)).toBe(isFresh);
  });
});
