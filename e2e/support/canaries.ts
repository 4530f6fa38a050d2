import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** A secret that the test knows, and the one place where it may be found. */
export type Canary = {
  readonly name: string;
  readonly text: string;
  /** A file of the data folder that is there to hold it; nothing else may. */
  readonly belongsIn?: string;
};

/** Characters. What a slice of a secret must have to count as a leak of it. */
const SLICE_LENGTH = 10;
/** Characters of a key's text before its secret: `clv_master_` and 12 of the id. */
const KEY_HEAD = /^[a-z][a-z0-9]{1,15}_(?:master|write|internal)_[0-9A-Za-z]{12}/;
const CHECKSUM_LENGTH = 6;

/** A place that was searched: a name for the report, and its bytes. */
export type Searched = { readonly place: string; readonly bytes: Buffer };

/** Every file below a folder. */
export function filesBelow(folder: string): readonly Searched[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ place: relative(folder, path), bytes: readFileSync(path) }));
}

/** Where a secret was found: raw, as base64, as hex, as a URL writes it, or any slice of its secret part. */
export function findCanaries(canaries: readonly Canary[], searched: readonly Searched[]): readonly string[] {
  return searched.flatMap(({ place, bytes }) => {
    // One decoding for all: every pattern is plain ASCII.
    const haystack = bytes.toString('latin1');
    return canaries
      .filter(({ belongsIn }) => belongsIn !== place)
      .filter(({ text }) => patternsOf(text).some((pattern) => haystack.includes(pattern)))
      .map(({ name }) => `${name} in ${place}`);
  });
}

function patternsOf(text: string): readonly string[] {
  const bytes = Buffer.from(text);
  const base64 = bytes.toString('base64').replace(/=+$/, '');
  const shapes = [text, base64, bytes.toString('base64url'), bytes.toString('hex'), encodeURIComponent(text)];
  return [...new Set([...shapes, ...slicesOf(secretPart(text))])];
}

function secretPart(text: string): string {
  const head = KEY_HEAD.exec(text)?.[0].length ?? 0;
  return head === 0 ? text : text.slice(head, -CHECKSUM_LENGTH);
}

function slicesOf(text: string): readonly string[] {
  const count = Math.max(text.length - SLICE_LENGTH + 1, 0);
  return Array.from({ length: count }, (_, at) => text.slice(at, at + SLICE_LENGTH));
}
