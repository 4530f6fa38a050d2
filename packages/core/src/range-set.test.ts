import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type IpAddress, type IpRange, isInRange, parseIpAddress, parseIpRange } from './ip-ranges.ts';
import { isInRangeSet, rangeSetOf } from './range-set.ts';

const SEED = 20_261_123;
/** Few bits vary, at both ends of a word and across words, so that ranges nest, touch and miss each other. */
const WORDS = [0, 1, 2, 3, 0x7fffffff, -0x80000000, -2, -1];
const word = fc.constantFrom(...WORDS);
const address: fc.Arbitrary<IpAddress> = fc.oneof(
  word.map((last): IpAddress => [0, 0, 0xffff, last]),
  fc.tuple(fc.constantFrom(0, 1, -1), fc.constantFrom(0, -1), fc.constantFrom(0, 0xffff, 0xfffe), word),
);

/** A range around an address: the bits behind its prefix are cut. */
const range = fc
  .tuple(address, fc.constantFrom(0, 1, 31, 32, 33, 64, 95, 96, 97, 112, 126, 127, 128))
  .map(([base, prefixBits]): IpRange => {
    const cut = (at: number): number => {
      const bits = Math.min(Math.max(prefixBits - at * 32, 0), 32);
      return bits === 0 ? 0 : (base[at] as number) & (bits === 32 ? -1 : -1 << (32 - bits));
    };
    return { base: [cut(0), cut(1), cut(2), cut(3)], prefixBits };
  });

test(`a set holds what one of its ranges holds, seed ${SEED} (I2)`, () => {
  let [inside, outside] = [0, 0];
  fc.assert(
    fc.property(
      fc.array(range, { maxLength: 12 }),
      fc.array(address, { minLength: 1, maxLength: 12 }),
      (ranges, asked) => {
        const set = rangeSetOf(ranges);
        for (const ip of asked) {
          const isIn = ranges.some((each) => isInRange(each, ip));
          if (isIn) inside += 1;
          else outside += 1;
          expect(isInRangeSet(set, ip)).toBe(isIn);
        }
        expect(isInRangeSet(set, null)).toBe(false);
      },
    ),
    { seed: SEED, numRuns: 5_000 },
  );
  expect(Math.min(inside, outside)).toBeGreaterThan(1_000);
});

test('two hundred neighbours are told apart, their inner ranges are dropped (I2)', () => {
  const texts = Array.from({ length: 200 }, (_, n) => [`10.0.${n}.0/25`, `10.0.${n}.7`]).flat();
  const set = rangeSetOf(texts.flatMap((text) => parseIpRange(text) ?? []));
  expect([set.ipv4.length, set.ipv6.length]).toEqual([200, 0]);
  for (let n = 0; n < 200; n += 1) {
    const asked = [`10.0.${n}.0`, `10.0.${n}.127`, `10.0.${n}.128`, `::ffff:10.0.${n}.1`];
    expect(asked.map((text) => isInRangeSet(set, parseIpAddress(text)))).toEqual([true, true, false, true]);
  }
});
