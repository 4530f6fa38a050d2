import { createHmac, timingSafeEqual } from 'node:crypto';
import type { SealedRow } from '@claviger/storage';
import type { SealingKey } from './config/sealing-keys.ts';

/** Seals rows under the newest sealing key and knows seals made under any of the given ones (K7). */
export type Sealer = {
  /** `<number>:<HMAC hex>`. */
  seal(row: SealedRow): string;
  /** Compares in constant time; a seal under a key that is not given never fits. */
  isSealed(row: SealedRow, seal: string): boolean;
  /** A text that only the holder of these keys can make: kept in the database, it tells a wrong key at start. */
  checkValue(): string;
  isCheckValue(text: string): boolean;
  /** A digest of something that must not be stored, for one purpose (Idempotency-Keys and their bodies). */
  mac(purpose: string, text: string): string;
};

const ROW = 'claviger-row-1';
const CHECK = 'claviger-check-1';

/** Makes the sealer of an installation; `keys` come newest first and there is at least one. */
export function createSealer(keys: readonly SealingKey[]): Sealer {
  const bytes = new Map(keys.map(({ number, key }) => [number, Buffer.from(key.reveal(), 'base64url')]));
  const newest = keys[0]?.number;
  if (newest === undefined) throw new Error('a sealer without a sealing key');
  const seal = (text: string): string => `${newest}:${macOf(bytes, newest, text)}`;
  const fits = (text: string, sealed: string): boolean => {
    const match = /^([1-9]\d{0,5}):([0-9a-f]{64})$/.exec(sealed);
    const number = Number(match?.[1]);
    if (match === null || !bytes.has(number)) return false;
    return timingSafeEqual(Buffer.from(macOf(bytes, number, text)), Buffer.from(match[2] ?? ''));
  };
  return {
    seal: (row) => seal(rowText(row)),
    isSealed: (row, sealed) => fits(rowText(row), sealed),
    checkValue: () => seal(CHECK),
    isCheckValue: (text) => fits(CHECK, text),
    mac: (purpose, text) => macOf(bytes, newest, JSON.stringify([purpose, text])),
  };
}

/** JSON of an array of texts: nothing in a field can move a boundary between fields. */
function rowText(row: SealedRow): string {
  return JSON.stringify([ROW, row.accountId, row.keyId, row.ownerId, row.kind, row.digest]);
}

function macOf(bytes: ReadonlyMap<number, Buffer>, number: number, text: string): string {
  const key = bytes.get(number);
  if (key === undefined) throw new Error(`no sealing key ${number}`);
  return createHmac('sha256', key).update(text).digest('hex');
}
