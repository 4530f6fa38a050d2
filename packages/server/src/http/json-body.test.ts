import { JSON_DEPTH_LARGEST } from '@claviger/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseJsonBody } from './json-body.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

test('any JSON value comes out as it went in', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 3 }), (text) => {
      const parsed = parseJsonBody(bytes(text));
      if (parsed.ok) expect(parsed.value).toEqual(JSON.parse(text));
      else expect(parsed.refusal.kind).toBe('unstorable-text');
    }),
    { seed: 20_261 },
  );
});

test('no bytes make the parser throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (any) => {
      parseJsonBody(any);
    }),
    { seed: 20_262 },
  );
});

test.each([
  { title: 'the deepest nesting is taken', text: nested(JSON_DEPTH_LARGEST), kind: null },
  { title: 'one level more is refused', text: nested(JSON_DEPTH_LARGEST + 1), kind: 'too-deep' },
  { title: 'a hundred thousand levels are refused', text: nested(100_000), kind: 'too-deep' },
  { title: 'brackets inside a text do not nest', text: `"${'['.repeat(100)}\\"${'{'.repeat(100)}"`, kind: null },
  { title: 'half an object is refused', text: '{"a":1', kind: 'not-json' },
  { title: 'nothing but white space is refused', text: ' ', kind: 'not-json' },
  { title: 'a text with NUL is refused', text: '{"name":"a\\u0000b"}', kind: 'unstorable-text' },
  { title: 'half of a surrogate pair is refused', text: '{"name":"\\ud800"}', kind: 'unstorable-text' },
  { title: 'a field name with NUL is refused', text: '{"\\u0000":1}', kind: 'unstorable-text' },
  { title: 'an escaped backslash before u0000 is a plain text', text: '{"name":"\\\\u0000"}', kind: null },
  { title: 'a whole surrogate pair is taken', text: '{"name":"\\ud83d\\ude00"}', kind: null },
])('$title', ({ text, kind }) => {
  const parsed = parseJsonBody(bytes(text));
  expect(parsed.ok ? null : parsed.refusal.kind).toBe(kind);
});

test('bytes that are no UTF-8 are refused', () => {
  expect(parseJsonBody(new Uint8Array([0x22, 0xff, 0x22]))).toEqual({ ok: false, refusal: { kind: 'not-utf-8' } });
});

test('the place of a text that cannot be stored is named', () => {
  expect(parseJsonBody(bytes('{"a/b":["x","\\u0000"]}'))).toEqual({
    ok: false,
    refusal: { kind: 'unstorable-text', pointer: '/a~1b/1' },
  });
});
