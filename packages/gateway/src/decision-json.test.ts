import { decision as decisionSchema } from '@claviger/contract';
import { DECISION_CODES, formatInstant, instant, type KeyId, type AccountId, type UserId } from '@claviger/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decisionJson, retryAfterSeconds } from './decision-json.ts';

test('a caller is told to wait whole seconds, never too few and at least one', () => {
  const seconds = [0, 1, 999, 1_000, 1_001, 59_999, 60_000].map((retryAfterMs) => retryAfterSeconds({ retryAfterMs }));
  expect(seconds).toEqual([1, 1, 1, 1, 2, 60, 60]);
});

const anyText = fc.string({ unit: 'binary' });
const permission = fc.record({ resourceType: anyText, operation: anyText, ids: fc.array(anyText, { maxLength: 3 }) });
const key = fc.record({
  id: fc.constant('key_0123456789Ab' as KeyId),
  kind: fc.constantFrom('master' as const, 'write_only' as const),
  ownerId: fc.constant('usr_0123456789abcdefghIJ' as UserId),
  accountId: fc.constant('acc_0123456789abcdefghIJ' as AccountId),
  expiresAt: fc.option(fc.nat().map((ms) => instant(ms))),
  isExpiring: fc.boolean(),
  isNarrowed: fc.boolean(),
  permissions: fc.array(permission, { maxLength: 3 }),
});
const end = fc.option(fc.nat().map((ms) => instant(ms)));
const decision = fc
  .record({
    code: fc.constantFrom(...DECISION_CODES),
    row: fc.constant(0),
    retryAfterMs: fc.nat(),
    expiredAt: end,
    rateLimit: fc.constant(null),
  })
  .map((told) => (told.code === 'expired' ? told : { ...told, expiredAt: null }));
const position = fc.option(fc.record({ epoch: fc.integer({ min: 1, max: 9 }), n: fc.nat(), hash: fc.constant('') }));

test('whatever is told is one decision of the contract, in ASCII, with every text as it was', () => {
  fc.assert(
    fc.property(fc.record({ decision, key: fc.option(key), name: fc.option(anyText), position }), (told) => {
      const json = decisionJson(told);
      expect(json).toMatch(/^[\x20-\x7e]*$/);
      const read = decisionSchema.parse(JSON.parse(json));
      expect(read.allow).toBe(told.decision.code === 'allowed');
      expect(read.key?.name ?? null).toBe(told.key === null ? null : told.name);
      expect(read.permissions.map(({ ids }) => ids)).toEqual((told.key?.permissions ?? []).map(({ ids }) => ids));
      const ended = told.decision.expiredAt;
      expect(read.expired_at).toBe(ended === null ? undefined : formatInstant(ended));
      expect(read.retry_after_seconds !== undefined).toBe(told.decision.code === 'rate_limited');
    }),
    { seed: 20_240_508, numRuns: 500 },
  );
});
