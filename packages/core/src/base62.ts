/** The alphabet of key texts and ids, in the order of its values. */
export const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

const ASCII_CODES = 128;
/** A table, not three comparisons: every presented text is walked on the hot path, and this is four times as fast. */
const VALUES = makeValues();

/** Gives `count` bytes of the system's random generator; core never draws its own. */
export type RandomBytes = (count: number) => Uint8Array;

/** Bytes from here on are drawn again: 248 is the largest multiple of 62 in a byte, so no character is favoured (K6). */
const UNBIASED_BELOW = 248;

/** Draws `length` characters, each of the 62 equally likely (K6). */
export function randomBase62(length: number, randomBytes: RandomBytes): string {
  let text = '';
  while (text.length < length) {
    for (const byte of randomBytes(length - text.length)) {
      if (byte < UNBIASED_BELOW) text += BASE62.charAt(byte % 62);
    }
  }
  return text;
}

/** Writes a whole number in base62, most significant digit first, padded with zeros to `length` (K6). */
export function formatBase62(value: number, length: number): string {
  let text = '';
  for (let rest = value; text.length < length; rest = Math.floor(rest / 62)) text = BASE62.charAt(rest % 62) + text;
  return text;
}

/** The value of a UTF-16 code unit as a base62 digit, or -1 when it is none of the 62 characters. */
export function base62Value(code: number): number {
  return code < ASCII_CODES ? (VALUES[code] as number) : -1;
}

function makeValues(): Int8Array {
  const values = new Int8Array(ASCII_CODES).fill(-1);
  for (let value = 0; value < BASE62.length; value += 1) values[BASE62.charCodeAt(value)] = value;
  return values;
}
