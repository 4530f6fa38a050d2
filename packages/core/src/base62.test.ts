import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seededBytes } from '../test-support/seeded-bytes.ts';
import { BASE62, base62Value, formatBase62, randomBase62, type RandomBytes } from './base62.ts';

const SEED = 'distribution-1';
const CHARACTERS = 900_000;

/** How many standard deviations a count of characters is away from what equal chances give (Wilson and Hilferty). */
function deviation(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  const expected = text.length / 62;
  const chiSquare = BASE62.split('').reduce((sum, c) => sum + ((counts.get(c) ?? 0) - expected) ** 2 / expected, 0);
  const freedom = 61;
  return (Math.cbrt(chiSquare / freedom) - (1 - 2 / (9 * freedom))) / Math.sqrt(2 / (9 * freedom));
}

// p in [0.0001, 0.9999] is 3.719 standard deviations to either side.
const FAR = 3.719;

describe('drawing', () => {
  test(`every character is equally likely, seed ${SEED} (K6)`, () => {
    expect(Math.abs(deviation(randomBase62(CHARACTERS, seededBytes(SEED))))).toBeLessThan(FAR);
  });

  test(`every place of a text is equally likely too, seed ${SEED} (K6)`, () => {
    const randomBytes = seededBytes(SEED);
    const texts = Array.from({ length: 20_000 }, () => randomBase62(45, randomBytes));
    for (let place = 0; place < 45; place += 1) {
      const far = Math.abs(deviation(texts.map((text) => text.charAt(place)).join('')));
      // 45 places are tried, so the worst of them may be further out than a single one.
      expect(far, `place ${place}`).toBeLessThan(4.6);
    }
  });

  test('the measure itself finds modulo bias (K6)', () => {
    const bytes = seededBytes(SEED)(CHARACTERS);
    const biased = Array.from(bytes, (byte) => BASE62.charAt(byte % 62)).join('');
    expect(deviation(biased)).toBeGreaterThan(FAR);
  });

  test('bytes above the last whole multiple of 62 are drawn again, not folded (K6)', () => {
    const script = [[248, 255, 0], [250, 61], [247]];
    const asked: number[] = [];
    const scripted: RandomBytes = (count) => {
      asked.push(count);
      return Uint8Array.from(script.shift() ?? []);
    };
    expect(randomBase62(3, scripted)).toBe('0zz');
    expect(asked).toEqual([3, 2, 1]);
  });

  test.each([0, 1, 12, 33])('%i characters are %i characters', (length) => {
    expect(randomBase62(length, seededBytes('length'))).toMatch(new RegExp(`^[0-9A-Za-z]{${length}}$`));
  });
});

describe('numbers', () => {
  test.each([
    [0, '000000'],
    [1, '000001'],
    [61, '00000z'],
    [62, '000010'],
    [0xffff_ffff, '4gfFC3'],
  ])('%i is written %s: most significant digit first, padded (K6)', (value, text) => {
    expect(formatBase62(value, 6)).toBe(text);
  });

  test('reading the digits back gives the number', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffff_ffff }), (value) => {
        const digits = Array.from(formatBase62(value, 6), (c) => base62Value(c.charCodeAt(0)));
        expect(digits.reduce((sum, digit) => sum * 62 + digit, 0)).toBe(value);
      }),
    );
  });

  test('of all 65,536 code units exactly the 62 have a value, each its own', () => {
    const valued = Array.from({ length: 65_536 }, (_, code) => code).filter((code) => base62Value(code) !== -1);
    expect(valued).toHaveLength(62);
    for (const code of valued) expect(BASE62.charAt(base62Value(code))).toBe(String.fromCharCode(code));
  });
});
