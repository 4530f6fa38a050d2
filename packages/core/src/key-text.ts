import { base62Value, formatBase62, randomBase62, type RandomBytes } from './base62.ts';
import { addToCrc32, CRC32_START, crc32, finishCrc32 } from './crc32.ts';
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

/** What key texts start with unless an installation chose otherwise. */
export const DEFAULT_KEY_PREFIX = 'clv';

const ID_LENGTH = 12;
const SECRET_LENGTH = 33;
const CHECKSUM_LENGTH = 6;
const BODY_LENGTH = ID_LENGTH + SECRET_LENGTH + CHECKSUM_LENGTH;
const WORD_OF_KIND = { master: 'master', write_only: 'write', internal: 'internal' } as const;
const PREFIX = /^[a-z][a-z0-9]{1,15}$/;
const UNDERSCORE = 95;
/** What comes before the body in a text of ours, under any prefix. */
const OWN_HEAD = new RegExp(`^[a-z][a-z0-9]{1,15}_(?:master|write|internal)_(?=[0-9A-Za-z]{${BODY_LENGTH}}$)`);
/** Characters of a text that a hint shows at each side (K8). */
const HINT_LENGTH = 4;

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
  const start = text.length - BODY_LENGTH;
  const kind = kindBetween(text, prefix.length + 1, start);
  if (kind === null || !isWellFormedBody(text, start)) return null;
  return { prefix, kind, idCharacters: text.slice(start, start + ID_LENGTH) };
}

/**
 * Sorts a presented text by its looks alone, allocating nothing: whatever starts with one of our prefixes must be
 * well-formed to the last character, anything else printable of fair length may be an imported key (K13).
 */
export function presentedText(text: string, acceptedPrefixes: readonly string[]): PresentedText {
  for (const prefix of acceptedPrefixes) {
    if (!hasPrefix(text, prefix)) continue;
    const start = text.length - BODY_LENGTH;
    const kind = kindBetween(text, prefix.length + 1, start);
    if (kind === null || !isWellFormedBody(text, start)) return 'malformed';
    return kind === 'internal' ? 'internal' : 'own';
  }
  return isPrintable(text) ? 'foreign' : 'malformed';
}

/**
 * The masked form that lists show: `clv_master_4fQ2…x9Kd` (K8). Of a text of ours it shows four characters of the id and
 * four of the checksum, none of the secret; of an imported one the first and last four, whatever marks it contains.
 */
export function hintOf(text: Secret): string {
  const revealed = text.reveal();
  const bodyStart = OWN_HEAD.exec(revealed)?.[0].length ?? 0;
  return `${revealed.slice(0, bodyStart + HINT_LENGTH)}…${revealed.slice(-HINT_LENGTH)}`;
}

function hasPrefix(text: string, prefix: string): boolean {
  return text.charCodeAt(prefix.length) === UNDERSCORE && text.startsWith(prefix);
}

/** The kind whose word and underscore fill the text between prefix and body, or null. */
function kindBetween(text: string, from: number, to: number): KeyTextKind | null {
  switch (to - from) {
    case 'master_'.length:
      return text.startsWith('master_', from) ? 'master' : null;
    case 'write_'.length:
      return text.startsWith('write_', from) ? 'write_only' : null;
    case 'internal_'.length:
      return text.startsWith('internal_', from) ? 'internal' : null;
    default:
      return null;
  }
}

/** One walk that allocates nothing: alphabet, CRC-32 of everything before the checksum, and the checksum's value. */
function isWellFormedBody(text: string, start: number): boolean {
  const checksumStart = text.length - CHECKSUM_LENGTH;
  let register = CRC32_START;
  for (let index = 0; index < start; index += 1) register = addToCrc32(register, text.charCodeAt(index));
  for (let index = start; index < checksumStart; index += 1) {
    const code = text.charCodeAt(index);
    if (base62Value(code) < 0) return false;
    register = addToCrc32(register, code);
  }
  let checksum = 0;
  for (let index = checksumStart; index < text.length; index += 1) {
    const value = base62Value(text.charCodeAt(index));
    if (value < 0) return false;
    checksum = checksum * 62 + value;
  }
  return checksum === finishCrc32(register);
}

function isPrintable(text: string): boolean {
  if (text.length < IMPORTED_KEY_SHORTEST || text.length > IMPORTED_KEY_LONGEST) return false;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code < 0x21 || code > 0x7e) return false;
  }
  return true;
}
