import { type InternalKeyId, type KeyId, keyIdOf } from '@claviger/core';
import { hashKeyId, holdsKeyId, KEY_ID_WORDS, packId, unpackId } from './packed-id.ts';
import { createRowArena, NO_ROW, offsetOf, type RowArena, takeRow, wordsOf } from './row-arena.ts';
import { addRow, createRowIndex, findRow, type RowIndex } from './row-index.ts';

/** How a key was ended for good. A deleted key is forgotten but for this; a force-expired one stays in the table. */
export type KeyEnding = 'force_expired' | 'deleted';

/**
 * Every end of a key that this verifier has ever seen, 16 bytes each plus their index. It outlives reloads and epochs:
 * a row that comes back from a backup never revives a key (D1, D3, K10).
 */
export type EndedKeys = {
  readonly arena: RowArena;
  readonly byId: RowIndex;
  /** The id being looked for. */
  readonly sought: Uint32Array;
  readonly seed: number;
  deleted: number;
  /** Internal keys that ended; a handful. */
  readonly internal: Set<InternalKeyId>;
};

const ENDING_WORD = 3;
const FORCED = 1;
const DELETED = 2;

/** Nothing ended yet. One for each verifier, for as long as its process lives. */
export function createEndedKeys(seed: number): EndedKeys {
  const arena = createRowArena(4);
  const sought = new Uint32Array(KEY_ID_WORDS);
  const byId = createRowIndex({
    hashOf: (row) => hashKeyId(seed, wordsOf(arena, row), offsetOf(arena, row)),
    isSought: (row) => holdsKeyId(wordsOf(arena, row), offsetOf(arena, row), sought),
  });
  return { arena, byId, sought, seed, deleted: 0, internal: new Set() };
}

/** Remembers an end. Deleted wins over force-expired, and nothing takes an end back (K10, X2). */
export function rememberEnd(ended: EndedKeys, id: KeyId, how: KeyEnding): void {
  const kind = how === 'deleted' ? DELETED : FORCED;
  let row = findEnded(ended, id);
  if (row === NO_ROW) {
    row = takeRow(ended.arena);
    wordsOf(ended.arena, row).set(ended.sought, offsetOf(ended.arena, row));
    addRow(ended.byId, row);
  }
  const words = wordsOf(ended.arena, row);
  const at = offsetOf(ended.arena, row) + ENDING_WORD;
  if ((words[at] as number) >= kind) return;
  words[at] = kind;
  if (kind === DELETED) ended.deleted += 1;
}

/** How a key was ended, or null. */
export function endingOf(ended: EndedKeys, id: KeyId): KeyEnding | null {
  const row = findEnded(ended, id);
  return row === NO_ROW ? null : endingAt(ended, row);
}

/** Every end, in the order first seen. */
export function* allEnded(ended: EndedKeys): Generator<{ readonly keyId: KeyId; readonly how: KeyEnding }> {
  for (let row = 0; row < ended.arena.rowsEver; row += 1) {
    const id = keyIdOf(unpackId(wordsOf(ended.arena, row), offsetOf(ended.arena, row), KEY_ID_WORDS));
    yield { keyId: id, how: endingAt(ended, row) };
  }
}

function findEnded(ended: EndedKeys, id: KeyId): number {
  packId(id, ended.sought, 0);
  return findRow(ended.byId, hashKeyId(ended.seed, ended.sought, 0));
}

function endingAt(ended: EndedKeys, row: number): KeyEnding {
  return wordsOf(ended.arena, row)[offsetOf(ended.arena, row) + ENDING_WORD] === DELETED ? 'deleted' : 'force_expired';
}
