import { hashWords } from './row-index.ts';

/** Words of a key's id (12 characters) and of a user's (20), four Latin-1 characters to a word. */
export const KEY_ID_WORDS = 3;
export const USER_ID_WORDS = 5;

/** Writes the characters of an id after its `prefix_` into words. */
export function packId(id: string, into: Uint32Array, at: number): void {
  let word = at;
  for (let index = id.indexOf('_') + 1; index < id.length; index += 4) {
    const low = id.charCodeAt(index) | (id.charCodeAt(index + 1) << 8);
    into[word] = low | (id.charCodeAt(index + 2) << 16) | (id.charCodeAt(index + 3) << 24);
    word += 1;
  }
}

/** The characters that `packId` wrote into `count` words. */
export function unpackId(words: Uint32Array, at: number, count: number): string {
  let text = '';
  for (let index = at; index < at + count; index += 1) {
    const word = words[index] as number;
    text += String.fromCharCode(word & 0xff, (word >>> 8) & 0xff, (word >>> 16) & 0xff, word >>> 24);
  }
  return text;
}

/** The hash of a packed key id. */
export function hashKeyId(seed: number, words: Uint32Array, at: number): number {
  const outer = (words[at] as number) ^ Math.imul(words[at + 2] as number, 0x27d4eb2f);
  return hashWords(seed, outer, words[at + 1] as number);
}

/** Whether words hold a packed key id. */
export function holdsKeyId(words: Uint32Array, at: number, sought: Uint32Array): boolean {
  return words[at] === sought[0] && words[at + 1] === sought[1] && words[at + 2] === sought[2];
}
