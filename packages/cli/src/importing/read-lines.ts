import { hash } from 'node:crypto';
import { createInterface } from 'node:readline';
import {
  DEFAULT_KEY_PREFIX,
  hintOf,
  IMPORTED_KEY_LONGEST,
  IMPORTED_KEY_SHORTEST,
  presentedText,
  Secret,
} from '@claviger/core';

/** A key to import: what is left of its text (K13). */
export type ReadKey = {
  /** The number of its line, from 1. */
  readonly line: number;
  /** SHA-256 of the text, in hex. */
  readonly digest: string;
  /** The first and last four characters; null where they would give too much of a short text away. */
  readonly hint: string | null;
};

/** A line that is no key to import. Its content is never told. */
export type BadLine = { readonly line: number; readonly why: string };

/** Shorter texts get no hint, so that at least 16 characters stay hidden. */
const HINTED_FROM = 24;

/**
 * Reads key texts line by line and keeps their digests only. Empty lines are passed over; they count for the numbers of
 * the lines after them.
 */
export async function readKeyLines(
  input: NodeJS.ReadableStream,
): Promise<{ readonly keys: readonly ReadKey[]; readonly bad: readonly BadLine[] }> {
  const keys: ReadKey[] = [];
  const bad: BadLine[] = [];
  const firstLines = new Map<string, number>();
  let line = 0;
  for await (const text of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    line += 1;
    if (text === '') continue;
    const why = whyBad(text);
    if (why !== null) {
      bad.push({ line, why });
      continue;
    }
    const digest = hash('sha256', text, 'hex');
    const first = firstLines.get(digest);
    if (first === undefined) {
      firstLines.set(digest, line);
      keys.push({ line, digest, hint: text.length < HINTED_FROM ? null : hintOf(new Secret(text)) });
    } else bad.push({ line, why: `is the same as line ${first}` });
  }
  return { keys, bad };
}

/** What keeps a text from ever being presented as a key; null when nothing does. */
function whyBad(text: string): string | null {
  if (presentedText(text, []) === 'malformed') {
    return `must be ${IMPORTED_KEY_SHORTEST} to ${IMPORTED_KEY_LONGEST} visible ASCII characters without spaces, and is not`;
  }
  const looks = presentedText(text, [DEFAULT_KEY_PREFIX]);
  if (looks === 'malformed') return `starts as a key of Claviger does, and is none: it was cut off or mistyped`;
  return looks === 'internal' ? 'is an internal key of Claviger, which is never imported' : null;
}
