import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isJsonShallow, jsonBytes } from './json-size.ts';

function nested(levels: number): unknown {
  let value: unknown = 'leaf';
  for (let level = 0; level < levels; level += 1) value = level % 2 === 0 ? [value] : { inner: value };
  return value;
}

test.each([
  { levels: 0, isShallow: true },
  { levels: 31, isShallow: true },
  { levels: 32, isShallow: true },
  { levels: 33, isShallow: false },
  { levels: 100_000, isShallow: false },
])('JSON of $levels levels is shallow enough: $isShallow', ({ levels, isShallow }) => {
  expect(isJsonShallow(nested(levels))).toBe(isShallow);
});

test('bytes are those of the JSON in UTF-8, whatever the characters', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
      expect(jsonBytes(value)).toBe(Buffer.byteLength(JSON.stringify(value), 'utf8'));
    }),
  );
});

test.each([
  { text: 'a', bytes: 3 },
  { text: '\u007f', bytes: 3 },
  { text: '\u0080', bytes: 4 },
  { text: '\u07ff', bytes: 4 },
  { text: '\u0800', bytes: 5 },
  { text: '😀', bytes: 6 },
])('"$text" takes $bytes bytes with its quotes', ({ text, bytes }) => {
  expect(jsonBytes(text)).toBe(bytes);
});
