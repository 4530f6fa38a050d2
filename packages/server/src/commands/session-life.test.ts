import assert from 'node:assert/strict';
import { instant, SESSION_IDLE_MS, SESSION_LONGEST_MS } from '@claviger/core';
import { test } from 'vitest';
import { isLiveSession } from './session-life.ts';

const BEGIN = 1_795_435_200_000;

function isLiveAt(ms: number, lastSeenMs: number, endedMs: number | null = null): boolean {
  const endedAt = endedMs === null ? null : instant(BEGIN + endedMs);
  const session = { createdAt: instant(BEGIN), lastSeenAt: instant(BEGIN + lastSeenMs), endedAt };
  return isLiveSession(session, instant(BEGIN + ms));
}

test('a session idles out, exactly at its bound (U7)', () => {
  assert.equal(isLiveAt(SESSION_IDLE_MS - 1, 0), true);
  assert.equal(isLiveAt(SESSION_IDLE_MS, 0), false);
  assert.equal(isLiveAt(SESSION_IDLE_MS, 1), true);
});

test('a session ends however busy it is, exactly at its longest life (U7)', () => {
  const seen = SESSION_LONGEST_MS - 2;
  assert.equal(isLiveAt(SESSION_LONGEST_MS - 1, seen), true);
  assert.equal(isLiveAt(SESSION_LONGEST_MS, seen), false);
});

test('a session that was ended stays ended (U7)', () => {
  assert.equal(isLiveAt(1, 0, 1), false);
  assert.equal(isLiveAt(0, 0, 1), false);
});
