/** The alphabet of key texts and ids, in the order of its values. */
export const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Gives `count` bytes of the system's random generator; core never draws its own. */
export type RandomBytes = (count: number) => Uint8Array;

/** Bytes from here on are drawn again: 248 is the largest multiple of 62 in a byte, so no character is favoured (K6). */
const UNBIASED_BELOW = 248;

/** Draws `length` characters, each of the 62 equally likely. */
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

/** Whether a UTF-16 code unit is one of the 62 characters. */
export function isBase62Code(code: number): boolean {
  return (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
}
