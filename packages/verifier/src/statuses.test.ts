import { DECISION_CODES, PERMISSIONS_HEADER_BYTES_LARGEST } from '@claviger/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { challengeOf, formatPermissions, statusOfDecision } from './statuses.ts';

test('each decision has the status that D10 gives it', () => {
  expect(DECISION_CODES.map((code) => `${code} ${statusOfDecision(code)}`)).toEqual([
    'allowed 200',
    'stale 503',
    'malformed 401',
    'not_found 401',
    'expired 401',
    'disabled 401',
    'owner_disabled 401',
    'ip_not_allowed 403',
    'origin_not_allowed 403',
    'no_route_rule 403',
    'write_only_key 403',
    'insufficient_permission 403',
    'rate_limited 429',
  ]);
});

test('challenges use the codes of RFC 6750, and none is sent where a credential would not help', () => {
  expect(challengeOf('missing')).toBe('Bearer realm="claviger"');
  expect(challengeOf('ambiguous')).toContain('error="invalid_request"');
  expect(challengeOf('expired')).toContain('error="invalid_token"');
  expect(challengeOf('write_only_key')).toContain('error="insufficient_scope"');
  for (const code of ['allowed', 'stale', 'rate_limited', 'ip_not_allowed'] as const)
    expect(challengeOf(code)).toBeNull();
});

test('permissions read type:operation:ids, and names cannot forge separators (D10)', () => {
  const ids = ['sales*', 'a|b,c:d', 'é\r\nX: y'];
  expect(formatPermissions([{ resourceType: 'database', operation: 'import', ids }])).toBe(
    'database:import:sales*|a%7Cb%2Cc%3Ad|%C3%A9%0D%0AX%3A%20y',
  );
  expect(formatPermissions([])).toBe('');
});

test('a permissions header is visible ASCII and never over 2 KiB, whatever the names (D10)', () => {
  const name = fc.string({ unit: 'binary', maxLength: 60 });
  const permission = fc.record({ resourceType: name, operation: name, ids: fc.array(name) });
  fc.assert(
    fc.property(fc.array(permission), (permissions) => {
      const value = formatPermissions(permissions);
      expect(value).toMatch(/^[\x21-\x7e]*$/);
      expect(value.length).toBeLessThanOrEqual(PERMISSIONS_HEADER_BYTES_LARGEST);
    }),
  );
});
