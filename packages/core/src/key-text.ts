import { formatBase62, isBase62Code, randomBase62, type RandomBytes } from './base62.ts';
import { crc32 } from './crc32.ts';
import { IMPORTED_KEY_LONGEST, IMPORTED_KEY_SHORTEST } from './limits.ts';
import { Secret } from './secret.ts';

/** The kinds that customers hold. */
export type KeyKind = 'master' | 'write_only';
/** The kinds a key's text can name; `internal` keys are the system's own and no customer sees one (K11). */
export type KeyTextKind = KeyKind | 'internal';

/** What a well-formed key text says of itself. It proves nothing: only the digest does. */
export type KeyText = {
  readonly prefix: string;
  readonly kind: KeyTextKind;
  /** The 12 characters that are also the key's API id. */
  readonly idCharacters: string;
};

/** How a presented text reads before any lookup: a key of ours, perhaps an imported one (K13), or nothing. */
export type PresentedText = 'own' | 'internal' | 'foreign' | 'malformed';

const ID_LENGTH = 12;
const SECRET_LENGTH = 33;
const CHECKSUM_LENGTH = 6;
const BODY_LENGTH = ID_LENGTH + SECRET_LENGTH + CHECKSUM_LENGTH;
const WORD_OF_KIND = { master: 'master', write_only: 'write', internal: 'internal' } as const;
const PREFIX = /^[a-z][a-z0-9]{1,15}$/;
const UNDERSCORE = 95;

/** Whether a text may be the installation's key prefix: a letter, then 1 to 15 letters or digits, all lower case (K6). */
export function isKeyPrefix(text: string): boolean {
  return PREFIX.test(text);
}

/** Writes a key text around given id and secret characters; the checksum covers everything before it (K6). */
export function formatKeyText(parts: KeyText, secretCharacters: string): Secret {
  const head = `${parts.prefix}_${WORD_OF_KIND[parts.kind]}_${parts.idCharacters}${secretCharacters}`;
  return new Secret(head + formatBase62(crc32(head, head.length), CHECKSUM_LENGTH));
}

/** Draws the id characters of a new key (71 random bits; the store refuses an id that was ever used, K10). */
export function drawIdCharacters(randomBytes: RandomBytes): string {
  return randomBase62(ID_LENGTH, randomBytes);
}

/** Draws a new secret: 33 base62 characters hold 196 random bits (K6). */
export function drawSecretCharacters(randomBytes: RandomBytes): string {
  return randomBase62(SECRET_LENGTH, randomBytes);
}

/** Reads a key text of ours, or answers null; never throws. A wrong checksum is refused without any lookup (K6). */
export function parseKeyText(text: string, acceptedPrefixes: readonly string[]): KeyText | null {
  const prefix = acceptedPrefixes.find((candidate) => hasPrefix(text, candidate));
  if (prefix === undefined) return null;
  const kind = kindAt(text, prefix.length + 1);
  if (kind === null) return null;
  const start = prefix.length + WORD_OF_KIND[kind].length + 2;
  if (text.length !== start + BODY_LENGTH || !isWellFormedBody(text, start)) return null;
  return { prefix, kind, idCharacters: text.slice(start, start + ID_LENGTH) };
}

/**
 * Sorts a presented text by its looks alone, allocating nothing: whatever starts with one of our prefixes must be
 * well-formed to the last character, anything else printable of fair length may be an imported key (K13).
 */
export function presentedText(text: string, acceptedPrefixes: readonly string[]): PresentedText {
  for (const prefix of acceptedPrefixes) {
    if (!hasPrefix(text, prefix)) continue;
    const kind = kindAt(text, prefix.length + 1);
    if (kind === null) return 'malformed';
    const start = prefix.length + WORD_OF_KIND[kind].length + 2;
    if (text.length !== start + BODY_LENGTH || !isWellFormedBody(text, start)) return 'malformed';
    return kind === 'internal' ? 'internal' : 'own';
  }
  return isPrintable(text) ? 'foreign' : 'malformed';
}

/** The masked form that lists show: `clv_master_4fQ2…x9Kd` (K8). */
export function hintOf(text: Secret): string {
  const revealed = text.reveal();
  const bodyStart = revealed.lastIndexOf('_') + 1;
  return `${revealed.slice(0, bodyStart + 4)}…${revealed.slice(-4)}`;
}

function hasPrefix(text: string, prefix: string): boolean {
  return text.charCodeAt(prefix.length) === UNDERSCORE && text.startsWith(prefix);
}

function kindAt(text: string, at: number): KeyTextKind | null {
  if (text.startsWith('master_', at)) return 'master';
  if (text.startsWith('write_', at)) return 'write_only';
  return text.startsWith('internal_', at) ? 'internal' : null;
}

function isWellFormedBody(text: string, start: number): boolean {
  for (let index = start; index < text.length; index += 1) {
    if (!isBase62Code(text.charCodeAt(index))) return false;
  }
  const checksumStart = text.length - CHECKSUM_LENGTH;
  return text.endsWith(formatBase62(crc32(text, checksumStart), CHECKSUM_LENGTH));
}

function isPrintable(text: string): boolean {
  if (text.length < IMPORTED_KEY_SHORTEST || text.length > IMPORTED_KEY_LONGEST) return false;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code < 0x21 || code > 0x7e) return false;
  }
  return true;
}
