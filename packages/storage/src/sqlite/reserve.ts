import { randomFillSync } from 'node:crypto';
import { closeSync, fsyncSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { MINUTE_MS } from '@claviger/core';
import type { Reserve } from '../reserve.ts';

/** Bytes. Room for some hundred changes, each with its share of the write-ahead log. */
export const RESERVE_BYTES = 8_388_608;
const BLOCK_BYTES = 1_048_576;
/** Milliseconds between two attempts to have the room back: each writes as much as it can. */
const REFILL_EVERY_MS = MINUTE_MS / 6;

/** Keeps `<folder>/reserve` filled, so that there is room to delete when a full disk leaves none (A2). */
export function openReserve(folder: string): Reserve {
  const path = join(folder, 'reserve');
  let state: 'missing' | 'kept' | 'used' = isThere(path) ? 'kept' : 'missing';
  let triedAt = 0;
  return {
    keep: () => {
      if (state === 'missing' && fill(path)) state = 'kept';
    },
    use: () => {
      if (state !== 'kept') return false;
      rmSync(path, { force: true });
      state = 'used';
      return true;
    },
    refill: (now) => {
      if (state !== 'used') return true;
      if (now - triedAt < REFILL_EVERY_MS) return false;
      triedAt = now;
      if (fill(path)) state = 'kept';
      return state === 'kept';
    },
  };
}

function isThere(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.size === RESERVE_BYTES;
}

/** Random bytes: a disk that compresses would keep no room back for zeros. */
function fill(path: string): boolean {
  try {
    const file = openSync(path, 'w', 0o600);
    try {
      const block = randomFillSync(new Uint8Array(BLOCK_BYTES));
      for (let size = 0; size < RESERVE_BYTES; size += writeSync(file, block)) continue;
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    return true;
  } catch {
    // The disk is full, or breaks: what was written goes, so that it does not take the last room itself.
    if (statSync(path, { throwIfNoEntry: false })?.isFile() === true) rmSync(path);
    return false;
  }
}
