import { Secret } from '@claviger/core';

/** One version of the installation's sealing key: 32 bytes as 43 base64url characters (K7). */
export type SealingKey = { readonly number: number; readonly key: Secret };

/** Reads `2:…,1:…`, newest first in the answer whatever the order given; null when it is none. */
export function parseSealingKeys(text: Secret): readonly SealingKey[] | null {
  const keys: SealingKey[] = [];
  for (const part of text.reveal().split(',')) {
    const match = /^\s*([1-9]\d{0,5}):([0-9A-Za-z_-]{43})\s*$/.exec(part);
    if (match === null) return null;
    const [, number = '', key = ''] = match;
    keys.push({ number: Number(number), key: new Secret(key) });
  }
  const numbers = new Set(keys.map((key) => key.number));
  return numbers.size === keys.length ? keys.sort((a, b) => b.number - a.number) : null;
}

/** Writes sealing keys as the setting and the file hold them. */
export function formatSealingKeys(keys: readonly SealingKey[]): string {
  return keys.map(({ number, key }) => `${number}:${key.reveal()}`).join(',');
}
