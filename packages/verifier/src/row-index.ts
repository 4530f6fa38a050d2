import { NO_ROW } from './row-arena.ts';

const SEGMENTS = 256;
const SEGMENT_SHIFT = 24;
const SLOTS_FIRST = 16;
/** What every segment is before its first row: one slot that is always free. */
const NO_SLOTS = new Uint32Array(1);
const FINGERPRINT_SHIFT = 25;
const ROW_MASK = 2 ** FINGERPRINT_SHIFT - 1;

/**
 * Finds rows by a hash of what they hold: open addressing over 32-bit slots, each with 7 bits of the hash beside the row,
 * so that a probe seldom touches a wrong row. 256 segments grow each on its own: no insert ever pays for rehashing
 * more than a 256th of the table. Deleting shifts back what follows, so churn leaves no dead slots behind.
 */
export type RowIndex = {
  readonly segments: Uint32Array[];
  /** Rows in each segment. */
  readonly counts: Uint32Array;
  /** The hash of what a row holds. */
  readonly hashOf: (row: number) => number;
  /** Whether a row holds what is being looked for; the table keeps that in a scratch of its own. */
  readonly isSought: (row: number) => boolean;
};

/** An empty index over a table's rows. */
export function createRowIndex(parts: Pick<RowIndex, 'hashOf' | 'isSought'>): RowIndex {
  const segments = Array.from({ length: SEGMENTS }, () => NO_SLOTS);
  return { segments, counts: new Uint32Array(SEGMENTS), hashOf: parts.hashOf, isSought: parts.isSought };
}

/** The row with this hash that `isSought` takes, or `NO_ROW`. */
export function findRow(index: RowIndex, hash: number): number {
  const segment = index.segments[hash >>> SEGMENT_SHIFT] as Uint32Array;
  const mask = segment.length - 1;
  const fingerprint = fingerprintOf(hash);
  for (let at = hash & mask; ; at = (at + 1) & mask) {
    const slot = segment[at] as number;
    if (slot === 0) return NO_ROW;
    if (slot >>> FINGERPRINT_SHIFT !== fingerprint) continue;
    const row = (slot & ROW_MASK) - 1;
    if (index.isSought(row)) return row;
  }
}

/** Adds a row that is not in yet; a row added twice would be found after it was dropped. */
export function addRow(index: RowIndex, row: number): void {
  const hash = index.hashOf(row);
  const number = hash >>> SEGMENT_SHIFT;
  const count = (index.counts[number] as number) + 1;
  const segment = index.segments[number] as Uint32Array;
  if (count * 4 > segment.length * 3) index.segments[number] = grown(index, segment);
  put(index.segments[number] as Uint32Array, hash, row);
  index.counts[number] = count;
}

/** Drops a row, which must still hold what it was added with; an absent one changes nothing. */
export function dropRow(index: RowIndex, row: number): void {
  const hash = index.hashOf(row);
  const number = hash >>> SEGMENT_SHIFT;
  const segment = index.segments[number] as Uint32Array;
  const mask = segment.length - 1;
  let at = hash & mask;
  while (segment[at] !== slotOf(hash, row)) {
    if (segment[at] === 0) return;
    at = (at + 1) & mask;
  }
  closeGap(index, segment, at);
  index.counts[number] = (index.counts[number] as number) - 1;
}

/** Mixes words into a hash whose every bit depends on all of them and on a seed that no outsider knows. */
export function hashWords(seed: number, a: number, b: number): number {
  let hash = Math.imul(a ^ seed, 0x9e3779b1) ^ Math.imul((b + seed) | 0, 0x85ebca77);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39);
  return (hash ^ (hash >>> 15)) >>> 0;
}

/** Moves back whatever could no longer be found across the gap (Knuth, algorithm 6.4 R). */
function closeGap(index: RowIndex, segment: Uint32Array, start: number): void {
  const mask = segment.length - 1;
  let gap = start;
  for (let at = (start + 1) & mask; segment[at] !== 0; at = (at + 1) & mask) {
    const slot = segment[at] as number;
    const home = index.hashOf((slot & ROW_MASK) - 1) & mask;
    if (((at - home) & mask) < ((at - gap) & mask)) continue;
    segment[gap] = slot;
    gap = at;
  }
  segment[gap] = 0;
}

function grown(index: RowIndex, segment: Uint32Array): Uint32Array {
  const larger = new Uint32Array(Math.max(SLOTS_FIRST, segment.length * 2));
  for (const slot of segment) {
    if (slot === 0) continue;
    const row = (slot & ROW_MASK) - 1;
    put(larger, index.hashOf(row), row);
  }
  return larger;
}

function put(segment: Uint32Array, hash: number, row: number): void {
  const mask = segment.length - 1;
  let at = hash & mask;
  while (segment[at] !== 0) at = (at + 1) & mask;
  segment[at] = slotOf(hash, row);
}

function slotOf(hash: number, row: number): number {
  return ((fingerprintOf(hash) << FINGERPRINT_SHIFT) | (row + 1)) >>> 0;
}

/** Bits of the hash that choose neither the segment nor, up to 2^17 slots, the place in it. */
function fingerprintOf(hash: number): number {
  return (hash >>> 17) & 0x7f;
}
