import { instant, plusMs, Secret, SETUP_LINK_MS } from '@claviger/core';
import { expect, test } from 'vitest';
import { createSetupLink } from './setup-link.ts';

const start = instant(1_000_000_000_000);
const end = plusMs(start, SETUP_LINK_MS);

function tokenOf(url: Secret | null): Secret {
  return new Secret(url?.reveal().split('#')[1] ?? '');
}

test('a set-up link is good for 24 h to the millisecond, and new at each start (T2)', () => {
  const link = createSetupLink(null, 'http://127.0.0.1:4400', start);
  const token = tokenOf(link.url);
  expect(link.url?.reveal()).toMatch(/^http:\/\/127\.0\.0\.1:4400\/setup#[0-9A-Za-z_-]{43}$/);
  expect(link.judge(token, plusMs(end, -1))).toBe('good');
  expect(link.judge(token, end)).toBe('expired');
  expect(createSetupLink(null, 'http://127.0.0.1:4400', start).judge(token, start)).toBe('wrong');
});

test('a token given by setting does not age and is not shown (T2)', () => {
  const link = createSetupLink(new Secret('a-token-by-setting'), 'http://127.0.0.1:4400', start);
  expect(link.url).toBeNull();
  expect(link.judge(new Secret('a-token-by-setting'), plusMs(end, SETUP_LINK_MS))).toBe('good');
  expect(link.judge(new Secret('a-token-by-settinG'), start)).toBe('wrong');
  expect(link.judge(new Secret(''), start)).toBe('wrong');
});
