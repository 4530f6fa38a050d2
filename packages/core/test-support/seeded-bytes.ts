import type { RandomBytes } from '../src/base62.ts';

/** Bytes that look random and are the same for the same seed (splitmix32); for tests only. */
export function seededBytes(seed: string): RandomBytes {
  let state = 0;
  for (let index = 0; index < seed.length; index += 1) state = Math.imul(state ^ seed.charCodeAt(index), 0x9e37_79b1);
  const nextByte = (): number => {
    state = (state + 0x9e37_79b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0_aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a_2d97);
    return (mixed ^ (mixed >>> 15)) >>> 24;
  };
  return (count) => Uint8Array.from({ length: count }, nextByte);
}
