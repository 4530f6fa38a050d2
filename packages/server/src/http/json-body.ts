import { jsonPointer } from '@claviger/contract';
import { JSON_DEPTH_LARGEST, ok, refuse, type Result } from '@claviger/core';

/** Why a body is no JSON that we take. `pointer` leads to the place, where there is one. */
export type BodyRefusal =
  | { readonly kind: 'not-json' }
  | { readonly kind: 'not-utf-8' }
  | { readonly kind: 'too-deep' }
  /** A text that cannot be stored and given back as it came: NUL, or half of a surrogate pair. */
  | { readonly kind: 'unstorable-text'; readonly pointer: string };

/** Escapes behind which NUL or a lone surrogate may hide; without any of them a valid UTF-8 text holds neither. */
const SUSPICIOUS_ESCAPE = /\\u(?:0000|[dD][89a-fA-F])/;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });

/** Parses a request's body. What comes out holds only texts that can be stored and given back unchanged. Never throws. */
export function parseJsonBody(bytes: Uint8Array): Result<unknown, BodyRefusal> {
  const text = decode(bytes);
  if (text === null) return refuse({ kind: 'not-utf-8' });
  if (isDeeperThan(text, JSON_DEPTH_LARGEST)) return refuse({ kind: 'too-deep' });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's own words quote the body, which may hold a secret: they go nowhere.
    return refuse({ kind: 'not-json' });
  }
  const place = SUSPICIOUS_ESCAPE.test(text) ? findUnstorable(value, []) : null;
  return place === null ? ok(value) : refuse({ kind: 'unstorable-text', pointer: jsonPointer(place) });
}

/** Whether a text survives storage on both engines: no NUL, no half of a surrogate pair. */
export function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}

function decode(bytes: Uint8Array): string | null {
  try {
    return utf8.decode(bytes);
  } catch {
    return null;
  }
}

/** Counts brackets outside of texts, before anything is built: a body of 64 KiB can nest 65,536 levels. */
function isDeeperThan(text: string, deepest: number): boolean {
  let depth = 0;
  let isInText = false;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (isInText) {
      if (code === 0x5c) index += 1;
      else if (code === 0x22) isInText = false;
    } else if (code === 0x22) isInText = true;
    else if (code === 0x7b || code === 0x5b) {
      depth += 1;
      if (depth > deepest) return true;
    } else if (code === 0x7d || code === 0x5d) depth -= 1;
  }
  return false;
}

/** The place of the first text or field name that cannot be stored. The depth is bounded by the caller. */
function findUnstorable(value: unknown, place: readonly string[]): readonly string[] | null {
  if (typeof value === 'string') return isStorable(value) ? null : place;
  if (typeof value !== 'object' || value === null) return null;
  for (const [name, part] of Object.entries(value)) {
    if (!isStorable(name)) return place;
    const found = findUnstorable(part, [...place, name]);
    if (found !== null) return found;
  }
  return null;
}
