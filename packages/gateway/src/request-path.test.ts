import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseRequestPath } from './request-path.ts';

const TRICKS: readonly (readonly [target: string, trick: string])[] = [
  ['', 'not-a-path'],
  ['*', 'not-a-path'],
  ['v3/event', 'not-a-path'],
  ['http://upstream/v3', 'not-a-path'],
  [`/${'a'.repeat(8_192)}`, 'too-long'],
  ['//', 'double-slash'],
  ['//v3/event', 'double-slash'],
  ['/v3//event', 'double-slash'],
  ['/v3/event//', 'double-slash'],
  ['//[', 'double-slash'],
  ['/\\', 'backslash'],
  ['/v3\\event', 'backslash'],
  ['/.', 'dot-segment'],
  ['/..', 'dot-segment'],
  ['/v3/./event', 'dot-segment'],
  ['/v3/../admin', 'dot-segment'],
  ['/v3/%2e%2e/admin', 'dot-segment'],
  ['/v3/.%2E/admin', 'dot-segment'],
  ['/v3/%2e', 'dot-segment'],
  ['/v3/a%2fb', 'encoded-slash'],
  ['/v3/a%2Fb', 'encoded-slash'],
  ['/v3/..%2fadmin', 'encoded-slash'],
  ['/v3/a%5cb', 'encoded-slash'],
  ['/v3/a%5Cb', 'encoded-slash'],
  ['/%', 'bad-escape'],
  ['/v3/%f', 'bad-escape'],
  ['/v3/%zz', 'bad-escape'],
  ['/v3/a%', 'bad-escape'],
  ['/v3/%u002e', 'bad-escape'],
  ['/%ff', 'not-utf-8'],
  ['/v3/%c0%ae', 'not-utf-8'],
  ['/v3/%c0%af', 'not-utf-8'],
  ['/v3/%ed%a0%80', 'not-utf-8'],
  ['/v3/%e2%82', 'not-utf-8'],
  ['/v3/a%00', 'control-character'],
  ['/v3/a%0d%0ab', 'control-character'],
  ['/v3/a%7f', 'control-character'],
  ['/v3/a%c2%85', 'control-character'],
  ['/v3/%252e%252e/admin', 'double-escape'],
  ['/v3/a%252fb', 'double-escape'],
  ['/v3/a%255cb', 'double-escape'],
  ['/v3/a%25252fb', 'double-escape'],
  ['/v3/a b', 'forbidden-character'],
  ['/v3/a\tb', 'forbidden-character'],
  ['/v3/a\0b', 'forbidden-character'],
  ['/v3/caf\u00e9', 'forbidden-character'],
  ['/v3/event#x', 'fragment'],
  ['/v3/event?a=b#x', 'fragment'],
  ['/v3/event;a=b', 'path-parameter'],
  ['/v3/..;/admin', 'path-parameter'],
];

test.each(TRICKS)('the path %j is refused: two programs could read it differently (%s, D9)', (target, trick) => {
  expect(parseRequestPath(target)).toEqual({ ok: false, refusal: trick });
});

test('plain paths come apart into decoded segments, without their query (D9)', () => {
  const read = (target: string): unknown => {
    const path = parseRequestPath(target);
    return path.ok ? [path.value.segments, path.value.query] : path.refusal;
  };
  expect(read('/')).toEqual([[], '']);
  expect(read('/?a')).toEqual([[], 'a']);
  expect(read('/v3/event/sales/orders')).toEqual([['v3', 'event', 'sales', 'orders'], '']);
  expect(read('/v3/event/')).toEqual([['v3', 'event', ''], '']);
  expect(read('/v3/event?x=//../%zz')).toEqual([['v3', 'event'], 'x=//../%zz']);
  expect(read('/caf%C3%A9/a%20b/100%25/...')).toEqual([['café', 'a b', '100%', '...'], '']);
});

test('no text makes the parser throw, and what it lets through holds no separator, dot segment or control character (D9)', () => {
  const piece = fc.constantFrom(
    '/',
    '//',
    '.',
    '..',
    '%',
    '%2f',
    '%2E',
    '%5c',
    '%25',
    '%00',
    '%c3%a9',
    ';',
    '?',
    '#',
    'a',
    '\\',
    '\u00ff',
  );
  const hostile = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(piece).map((pieces) => pieces.join('')),
  );
  fc.assert(
    fc.property(hostile, (rest) => {
      const path = parseRequestPath(`/${rest}`);
      if (!path.ok) return;
      for (const [index, segment] of path.value.segments.entries()) {
        expect(segment).not.toMatch(/[/\\\p{Cc}]/u);
        expect(['.', '..']).not.toContain(segment);
        if (segment === '') expect(index).toBe(path.value.segments.length - 1);
      }
    }),
    { seed: 20_240_501, numRuns: 3_000 },
  );
});

test('encoded segments read back as they were (D9)', () => {
  const segment = fc
    .string({ minLength: 1, unit: 'grapheme' })
    .filter((text) => !/[/\\\p{Cc}%]|^\.{1,2}$/u.test(text) && text.isWellFormed());
  fc.assert(
    fc.property(fc.array(segment, { minLength: 1 }), (segments) => {
      const target = `/${segments.map(encodeURIComponent).join('/')}`;
      fc.pre(target.length <= 8_192);
      expect(parseRequestPath(target)).toEqual({ ok: true, value: { segments, query: '' } });
    }),
    { seed: 20_240_502 },
  );
});
