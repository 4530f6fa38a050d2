import type { Secret } from '@claviger/core';
import type { Wording } from './words.ts';

/** The token that a link was made with, since the sealing key may have been replaced after that; null when none is (K7). */
export async function workingToken(
  { digestOf }: Wording,
  tokens: readonly Secret[],
  find: (digest: string) => Promise<object | null>,
): Promise<Secret | null> {
  for (const token of tokens) {
    if ((await find(digestOf(token))) !== null) return token;
  }
  return null;
}
