import { expect, test } from 'vitest';
import { ok, refuse, unreachable } from './result.ts';

test('a value and a refusal cannot be mistaken for each other', () => {
  expect(ok(1)).toEqual({ ok: true, value: 1 });
  expect(refuse({ kind: 'no' })).toEqual({ ok: false, refusal: { kind: 'no' } });
});

test('a forgotten case is a fault that names it', () => {
  expect(() => unreachable({ kind: 'new' } as never)).toThrow('a case was forgotten: {"kind":"new"}');
});
