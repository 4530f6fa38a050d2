import type { IncomingMessage } from 'node:http';

/** Bytes. An oversized body is read and dropped up to here, so that its sender gets to read why; beyond, we hang up. */
export const DROPPED_BYTES_MOST = 2_097_152;

/** What came of a body: its bytes, or that it is larger than allowed; `mustClose` when more of it is under way. */
export type ReadBody =
  | { readonly kind: 'read'; readonly bytes: Buffer }
  | { readonly kind: 'too-large'; readonly mustClose: boolean };

const EMPTY = Buffer.alloc(0);

/**
 * Reads a body of at most `largest` bytes and hands it to `done`, once. Never calls back when the sender goes away: there
 * is nobody left to answer. How long a slow sender may take is the listener's limit (`requestMs`).
 */
export function readBody(request: IncomingMessage, largest: number, done: (body: ReadBody) => void): void {
  let first: Buffer | null = null;
  let rest: Buffer[] | null = null;
  let length = 0;
  let isDone = false;
  request.on('data', (chunk: Buffer) => {
    length += chunk.length;
    if (length > largest) {
      first = null;
      rest = null;
      if (length <= DROPPED_BYTES_MOST || isDone) return;
      isDone = true;
      done({ kind: 'too-large', mustClose: true });
    } else if (first === null) first = chunk;
    else if (rest === null) rest = [first, chunk];
    else rest.push(chunk);
  });
  request.on('end', () => {
    if (isDone) return;
    isDone = true;
    if (length > largest) done({ kind: 'too-large', mustClose: false });
    else done({ kind: 'read', bytes: rest === null ? (first ?? EMPTY) : Buffer.concat(rest, length) });
  });
}
