/** Rows are numbered from 0; -1 is no row. */
export const NO_ROW = -1;

/** Rows. What the row index can number: 25 bits of its 32-bit slots; one verifier holds at most this many secrets. */
const ROWS_MOST = 2 ** 25 - 1;

const CHUNK_SHIFT = 12;
const CHUNK_ROWS = 2 ** CHUNK_SHIFT;
const CHUNK_MASK = CHUNK_ROWS - 1;

/**
 * Rows of equal width in chunks of typed arrays: it grows by one chunk without copying what is there, wastes at most one
 * chunk, and hides nothing from the garbage collector because it holds no objects.
 */
export type RowArena = {
  readonly wordsPerRow: number;
  readonly words: Uint32Array[];
  /** The same bytes, for 64-bit numbers at even words. */
  readonly numbers: Float64Array[];
  /** Rows ever used; free ones among them included. */
  rowsEver: number;
  /** The first free row plus one, linked on through the first word of each; 0 when there is none. */
  firstFree: number;
  rowsInUse: number;
};

/** An empty arena; `wordsPerRow` is even. */
export function createRowArena(wordsPerRow: number): RowArena {
  return { wordsPerRow, words: [], numbers: [], rowsEver: 0, firstFree: 0, rowsInUse: 0 };
}

/** A row of zeros: a freed one or a new one. Throws when the arena is full, so that nothing is silently left out. */
export function takeRow(arena: RowArena): number {
  arena.rowsInUse += 1;
  if (arena.firstFree === 0) return takeNewRow(arena);
  const row = arena.firstFree - 1;
  const words = wordsOf(arena, row);
  const at = offsetOf(arena, row);
  arena.firstFree = words[at] as number;
  words[at] = 0;
  return row;
}

/** Gives a row back; its old content is wiped, digests included. */
export function freeRow(arena: RowArena, row: number): void {
  const words = wordsOf(arena, row);
  const at = offsetOf(arena, row);
  words.fill(0, at, at + arena.wordsPerRow);
  words[at] = arena.firstFree;
  arena.firstFree = row + 1;
  arena.rowsInUse -= 1;
}

/** The chunk that holds a row; its words start at `offsetOf`. */
export function wordsOf(arena: RowArena, row: number): Uint32Array {
  return arena.words[row >>> CHUNK_SHIFT] as Uint32Array;
}

/** The chunk that holds a row, as 64-bit numbers; the row's start at half of `offsetOf`. */
export function numbersOf(arena: RowArena, row: number): Float64Array {
  return arena.numbers[row >>> CHUNK_SHIFT] as Float64Array;
}

/** Where a row's words start in its chunk. */
export function offsetOf(arena: RowArena, row: number): number {
  return (row & CHUNK_MASK) * arena.wordsPerRow;
}

function takeNewRow(arena: RowArena): number {
  const row = arena.rowsEver;
  if (row >= ROWS_MOST) throw new RangeError(`a verifier holds at most ${ROWS_MOST} rows`);
  if ((row & CHUNK_MASK) === 0) {
    const buffer = new ArrayBuffer(CHUNK_ROWS * arena.wordsPerRow * 4);
    arena.words.push(new Uint32Array(buffer));
    arena.numbers.push(new Float64Array(buffer));
  }
  arena.rowsEver += 1;
  return row;
}
