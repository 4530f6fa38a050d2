import { type Result, ok, refuse } from '@claviger/core';

/**
 * Why a path is not looked at. All of these are ways to make two programs read one path differently: whoever is behind
 * us would then serve something else than what the rules were asked about (D9).
 */
export type PathTrick =
  | 'not-a-path'
  | 'too-long'
  | 'forbidden-character'
  | 'fragment'
  | 'backslash'
  | 'path-parameter'
  | 'double-slash'
  | 'dot-segment'
  | 'bad-escape'
  | 'encoded-slash'
  | 'double-escape'
  | 'control-character'
  | 'not-utf-8';

/** A request target, taken apart. */
export type RequestPath = {
  /** Percent-decoded segments; a trailing slash leaves an empty last one, which no rule matches. */
  readonly segments: readonly string[];
  /** What stood behind the `?`, as it came; empty when there was none. */
  readonly query: string;
};

/** Characters. Beyond this no server reads a target. */
const TARGET_LONGEST = 8_192;

const SLASH = 47;
const PERCENT = 37;
const QUESTION = 63;

/** What a character means in a path; 0 is plain. Read once for each character of every forwarded request. */
const TRICKS: readonly (PathTrick | null)[] = Array.from({ length: 128 }, (_, code) => trickOfCharacter(code));

/** Takes a request target apart, or says why two programs could read it differently (D9). Never throws. */
export function parseRequestPath(target: string): Result<RequestPath, PathTrick> {
  if (target.charCodeAt(0) !== SLASH) return refuse('not-a-path');
  if (target.length > TARGET_LONGEST) return refuse('too-long');
  const segments: string[] = [];
  let start = 1;
  let hasEscape = false;
  let at = 1;
  for (; at < target.length; at += 1) {
    const code = target.charCodeAt(at);
    if (code === QUESTION) break;
    if (code === SLASH) {
      const trick = addSegment(segments, target.slice(start, at), hasEscape);
      if (trick !== null) return refuse(trick);
      start = at + 1;
      hasEscape = false;
    } else if (code === PERCENT) hasEscape = true;
    else {
      const trick = code < 128 ? TRICKS[code] : 'forbidden-character';
      if (trick !== null && trick !== undefined) return refuse(trick);
    }
  }
  return finish(segments, { last: target.slice(start, at), hasEscape, query: target.slice(at + 1) });
}

function finish(
  segments: string[],
  rest: { readonly last: string; readonly hasEscape: boolean; readonly query: string },
): Result<RequestPath, PathTrick> {
  if (rest.query.includes('#')) return refuse('fragment');
  // An empty last segment is a trailing slash, and no double one; the root has no segment at all.
  if (rest.last !== '') {
    const trick = addSegment(segments, rest.last, rest.hasEscape);
    if (trick !== null) return refuse(trick);
  } else if (segments.length > 0) segments.push('');
  return ok({ segments, query: rest.query });
}

/** Appends a decoded segment, or says what is wrong with it. */
function addSegment(segments: string[], raw: string, hasEscape: boolean): PathTrick | null {
  if (raw === '') return 'double-slash';
  if (!hasEscape) {
    if (raw === '.' || raw === '..') return 'dot-segment';
    segments.push(raw);
    return null;
  }
  const decoded = decodeSegment(raw);
  if (!decoded.ok) return decoded.refusal;
  segments.push(decoded.value);
  return null;
}

function decodeSegment(raw: string): Result<string, PathTrick> {
  if (/%(?![0-9a-fA-F]{2})/.test(raw)) return refuse('bad-escape');
  let text: string;
  try {
    text = decodeURIComponent(raw);
  } catch {
    // All escapes are well-formed, so what is left to be wrong are the bytes: overlong forms, surrogates, cut sequences.
    return refuse('not-utf-8');
  }
  if (text === '.' || text === '..') return refuse('dot-segment');
  if (/[/\\]/.test(text)) return refuse('encoded-slash');
  // A server that decodes twice would see a slash or a dot segment here.
  if (/%(?:2[ef]|5c|00|25)/i.test(text)) return refuse('double-escape');
  if (hasControlCharacter(text)) return refuse('control-character');
  return ok(text);
}

/** Whether a text holds a control character of either block (C0 with DEL, C1). */
function hasControlCharacter(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code < 0x20 || (code >= 0x7f && code <= 0x9f)) return true;
  }
  return false;
}

function trickOfCharacter(code: number): PathTrick | null {
  switch (String.fromCharCode(code)) {
    case '\\':
      return 'backslash';
    case '#':
      return 'fragment';
    case ';':
      // Servlet containers cut `;…` off each segment before they route.
      return 'path-parameter';
    default:
      return code <= 0x20 || code === 0x7f ? 'forbidden-character' : null;
  }
}
