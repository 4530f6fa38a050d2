import { createCipheriv, createDecipheriv, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { Secret } from '@claviger/core';
import type { SealedRow } from '@claviger/storage';
import type { SealingKey } from './config/sealing-keys.ts';

/** Seals rows under the sealing key in use, and knows seals made under any of the given ones (K7). */
export type Sealer = {
  /** The number of the key that seals; others are known only. */
  numberInUse(): number;
  /** All known keys, newest first. */
  keys(): readonly SealingKey[];
  /** From now on these keys are known, and the one of that number seals. */
  use(keys: readonly SealingKey[], number: number): void;
  /** `<number>:<HMAC hex>`. */
  seal(row: SealedRow): string;
  /** Compares in constant time; a seal under a key that is not given never fits. */
  isSealed(row: SealedRow, seal: string): boolean;
  /** A text that only the holder of these keys can make: kept in the database, it tells a wrong key at start. */
  checkValue(): string;
  isCheckValue(text: string): boolean;
  /** A digest of something that must not be stored, for one purpose (Idempotency-Keys and their bodies). */
  mac(purpose: string, text: string): string;
  /** The same under every known key, that in use first: what was kept before the key was replaced is found again. */
  macs(purpose: string, text: string): readonly string[];
  /** The token of a link: 43 base64url characters that only the holder of these keys can work out, so none is ever stored. */
  linkToken(purpose: string, id: string): Secret;
  /** The same under every known key: a link that was made before the key was replaced goes on working. */
  linkTokens(purpose: string, id: string): readonly Secret[];
  /** Hides a secret that must be had again in clear (a webhook's, a second factor's), bound to what it belongs to (`purpose`). */
  encrypt(purpose: string, secret: Secret): string;
  /** The secret again; null when the text was changed, belongs elsewhere, or its sealing key is not given. */
  decrypt(purpose: string, text: string): Secret | null;
};

const ROW = 'claviger-row-1';
const CHECK = 'claviger-check-1';
const LINK = 'claviger-link-1';
const CIPHER = 'claviger-cipher-1';
/** Bytes. What AES-256-GCM draws anew for each text, and its proof that nothing was changed. */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Makes the sealer of an installation; `keys` come newest first and there is at least one. The newest seals until `use`. */
export function createSealer(keys: readonly SealingKey[]): Sealer {
  let known = keys;
  let bytes = bytesOf(keys);
  let inUse = keys[0]?.number ?? 0;
  if (inUse === 0) throw new Error('a sealer without a sealing key');
  const seal = (text: string): string => `${inUse}:${macOf(bytes, inUse, text)}`;
  const underEach = (text: string): readonly string[] =>
    [inUse, ...[...bytes.keys()].filter((number) => number !== inUse)].map((number) => macOf(bytes, number, text));
  const fits = (text: string, sealed: string): boolean => {
    const match = /^([1-9]\d{0,5}):([0-9a-f]{64})$/.exec(sealed);
    const number = Number(match?.[1]);
    if (match === null || !bytes.has(number)) return false;
    return timingSafeEqual(Buffer.from(macOf(bytes, number, text)), Buffer.from(match[2] ?? ''));
  };
  return {
    numberInUse: () => inUse,
    keys: () => known,
    use: (given, number) => {
      if (!given.some((key) => key.number === number)) throw new Error(`no sealing key ${number}`);
      [known, bytes, inUse] = [given, bytesOf(given), number];
    },
    seal: (row) => seal(rowText(row)),
    isSealed: (row, sealed) => fits(rowText(row), sealed),
    checkValue: () => seal(CHECK),
    isCheckValue: (text) => fits(CHECK, text),
    mac: (purpose, text) => macOf(bytes, inUse, JSON.stringify([purpose, text])),
    macs: (purpose, text) => underEach(JSON.stringify([purpose, text])),
    linkToken: (purpose, id) => linkTokenOf(macOf(bytes, inUse, JSON.stringify([LINK, purpose, id]))),
    linkTokens: (purpose, id) => underEach(JSON.stringify([LINK, purpose, id])).map(linkTokenOf),
    encrypt: (purpose, secret) => encrypt(cipherKeyOf(bytes, inUse), { number: inUse, purpose, secret }),
    decrypt: (purpose, text) => {
      const number = Number(/^([1-9]\d{0,5}):/.exec(text)?.[1]);
      return bytes.has(number) ? decrypt(cipherKeyOf(bytes, number), { purpose, text }) : null;
    },
  };
}

function bytesOf(keys: readonly SealingKey[]): ReadonlyMap<number, Buffer> {
  return new Map(keys.map(({ number, key }) => [number, Buffer.from(key.reveal(), 'base64url')]));
}

function linkTokenOf(mac: string): Secret {
  return new Secret(Buffer.from(mac, 'hex').toString('base64url'));
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

/** A key of its own for hiding: one that seals is used for nothing else. */
function cipherKeyOf(bytes: ReadonlyMap<number, Buffer>, number: number): Buffer {
  return Buffer.from(macOf(bytes, number, CIPHER), 'hex');
}

/** `<number>:<nonce, ciphertext and tag, base64url>`. */
function encrypt(
  key: Buffer,
  { number, purpose, secret }: { readonly number: number; readonly purpose: string; readonly secret: Secret },
): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(purpose));
  const parts = [nonce, cipher.update(secret.reveal(), 'utf8'), cipher.final(), cipher.getAuthTag()];
  return `${number}:${Buffer.concat(parts).toString('base64url')}`;
}

function decrypt(key: Buffer, { purpose, text }: { readonly purpose: string; readonly text: string }): Secret | null {
  const stored = Buffer.from(text.slice(text.indexOf(':') + 1), 'base64url');
  if (stored.length < NONCE_BYTES + TAG_BYTES) return null;
  const tagAt = stored.length - TAG_BYTES;
  const decipher = createDecipheriv('aes-256-gcm', key, stored.subarray(0, NONCE_BYTES))
    .setAAD(Buffer.from(purpose))
    .setAuthTag(stored.subarray(tagAt));
  try {
    const clear = Buffer.concat([decipher.update(stored.subarray(NONCE_BYTES, tagAt)), decipher.final()]);
    return new Secret(clear.toString('utf8'));
  } catch {
    // The one way in which GCM says that a text was changed.
    return null;
  }
}
