import { type Bounds, type KeyId, keyIdOf, type Permission, type RateLimit, type Rights } from '@claviger/core';
import { hashKeyId, holdsKeyId, KEY_ID_WORDS, packId, unpackId } from './packed-id.ts';
import { createRowArena, freeRow, NO_ROW, numbersOf, offsetOf, type RowArena, takeRow, wordsOf } from './row-arena.ts';
import { createSharedBounds, type SharedBounds } from './shared-bounds.ts';
import { addRow, createRowIndex, dropRow, findRow, hashWords, type RowIndex } from './row-index.ts';

/**
 * Every secret of every key, 64 bytes a row and no object per key (F4). A key's row holds its current secret; secrets that a
 * rotation replaced have rows of their own that point to it. Words of a row:
 *
 *     0…7  digest    8,9  end as a 64-bit number, Infinity for never    10  owner row and flags
 *     11  more about the key (see `writeMore`)    12  usage slot plus one    13…15  id
 *
 * In the row of a replaced secret 10 holds the key's row and 13 links to the next one (plus one).
 */
export type KeyTable = {
  readonly arena: RowArena;
  readonly byDigest: RowIndex;
  readonly byId: RowIndex;
  readonly soughtDigest: Uint32Array;
  readonly soughtId: Uint32Array;
  readonly seed: number;
  readonly sides: (KeySide | null)[];
  readonly freeSides: number[];
  readonly shared: SharedBounds;
  keys: number;
};

/**
 * The state of a rate limit that was never used. It is no small integer on purpose: a field that begins as one is stored as
 * one, and the first fraction written to it would rebuild the object, at the first use of every key.
 */
export const NEVER_ARRIVED = Number.NEGATIVE_INFINITY;

/** What only narrowed, limited or odd keys have. */
export type KeySide = {
  readonly keyId: KeyId;
  /** The key's own permissions, or null when it is not narrowed (K5). */
  readonly permissions: readonly Permission[] | null;
  /** `permissions` worked into rights; null until first asked for. */
  rights: Rights | null;
  /** The account's generation that `rights` were worked out for. */
  compiledAt: number;
  /** What the key may do, as answers list it, and the rights of its owner that it was worked out from. */
  listed: { readonly permissions: readonly Permission[]; readonly from: Rights } | null;
  readonly bounds: Bounds | null;
  readonly rateLimit: RateLimit | null;
  /** The rate limit's only state. */
  arrivalMs: number;
  /** When the key's expiry is not its current secret's end. */
  readonly expiresAt: number | null;
  /** Links the row of the newest replaced secret (plus one), 0 when there is none. */
  firstReplaced: number;
};

/** One secret: its digest as eight words, its end in milliseconds, Infinity for never. */
export type SecretEntry = { readonly digest: Uint32Array; readonly endsAt: number };

/** A key as the table takes it. */
export type KeyEntry = {
  readonly id: KeyId;
  readonly ownerRow: number;
  readonly flags: number;
  readonly current: SecretEntry;
  readonly replaced: readonly SecretEntry[];
  readonly side: KeySide | null;
};

export const DIGEST_WORDS = 8;
const END_NUMBER = 4;
const OWNER_WORD = 10;
const MORE_WORD = 11;
/** Where a key's slot in the usage book (plus one) stands; 0 while it was not used since the last drain. */
export const USAGE_WORD = 12;
const ID_WORD = 13;

const FLAG_SHIFT = 26;
const OWNER_MASK = 2 ** FLAG_SHIFT - 1;
/** Flags of a row. `DENIED`: its last record was unreadable, so nobody knows what holds (D4). */
export const WRITE_ONLY = 1;
export const FORCED = 2;
export const DISABLED = 4;
export const DENIED = 8;
export const REPLACED = 16;

/** An empty table. The seed keeps outsiders from choosing imported keys that crowd one place of the index. */
export function createKeyTable(seed: number): KeyTable {
  const arena = createRowArena(16);
  const soughtDigest = new Uint32Array(DIGEST_WORDS);
  const soughtId = new Uint32Array(KEY_ID_WORDS);
  const byDigest = createRowIndex({
    hashOf: (row) => hashDigest(seed, wordsOf(arena, row), offsetOf(arena, row)),
    isSought: (row) => holdsDigest(wordsOf(arena, row), offsetOf(arena, row), soughtDigest),
  });
  const byId = createRowIndex({
    hashOf: (row) => hashKeyId(seed, wordsOf(arena, row), offsetOf(arena, row) + ID_WORD),
    isSought: (row) => holdsKeyId(wordsOf(arena, row), offsetOf(arena, row) + ID_WORD, soughtId),
  });
  return {
    arena,
    byDigest,
    byId,
    soughtDigest,
    soughtId,
    seed,
    sides: [],
    freeSides: [],
    shared: createSharedBounds(),
    keys: 0,
  };
}

/** The row of the secret with this digest, or `NO_ROW`. */
export function findDigest(table: KeyTable, digest: Uint32Array): number {
  table.soughtDigest.set(digest);
  return findRow(table.byDigest, hashDigest(table.seed, digest, 0));
}

/** The row of a key, or `NO_ROW`. */
export function findKey(table: KeyTable, id: KeyId): number {
  packId(id, table.soughtId, 0);
  return findRow(table.byId, hashKeyId(table.seed, table.soughtId, 0));
}

/** The key's row of any secret's row. */
export function keyRowOf(table: KeyTable, row: number): number {
  return (flagsOf(table, row) & REPLACED) === 0 ? row : ownerRowOf(table, row);
}

/** When the secret of this row ends, in milliseconds; Infinity for never. */
export function endOf(table: KeyTable, row: number): number {
  return numbersOf(table.arena, row)[(offsetOf(table.arena, row) >>> 1) + END_NUMBER] as number;
}

/** The flags of a row. */
export function flagsOf(table: KeyTable, row: number): number {
  return word(table, row, OWNER_WORD) >>> FLAG_SHIFT;
}

/** The owner's row in the owner table. */
export function ownerRowOf(table: KeyTable, row: number): number {
  return word(table, row, OWNER_WORD) & OWNER_MASK;
}

/** What only narrowed, limited or odd keys have, or null. */
export function sideOf(table: KeyTable, row: number): KeySide | null {
  const more = word(table, row, MORE_WORD);
  return more === 0 || (more & 1) === 1 ? null : (table.sides[(more >>> 1) - 1] as KeySide);
}

/** The id of the key in a row. */
export function idAt(table: KeyTable, row: number): KeyId {
  return keyIdOf(unpackId(wordsOf(table.arena, row), offsetOf(table.arena, row) + ID_WORD, KEY_ID_WORDS));
}

/** Turns one flag of a key on or off. */
export function setFlag(table: KeyTable, row: number, flag: number, isOn: boolean): void {
  const flags = flagsOf(table, row);
  writeOwner(table, row, { ownerRow: ownerRowOf(table, row), flags: isOn ? flags | flag : flags & ~flag });
}

/**
 * Inserts a key, or puts it in the place of its former state. `former` is its row as `findKey` just said, or `NO_ROW`; the
 * row stays the same. Returns it.
 */
export function putKey(table: KeyTable, former: number, entry: KeyEntry): number {
  const row = former === NO_ROW ? addKey(table, entry.id) : former;
  if (former !== NO_ROW) forgetSecrets(table, row);
  writeSecret(table, row, entry.current);
  writeOwner(table, row, entry);
  writeMore(table, row, entry.side);
  for (const secret of entry.replaced) addReplaced(table, row, secret);
  return row;
}

/** Takes a key out: its digests are wiped, its rows used again. */
export function deleteKey(table: KeyTable, row: number): void {
  forgetSecrets(table, row);
  dropRow(table.byId, row);
  freeRow(table.arena, row);
  table.keys -= 1;
}

function addKey(table: KeyTable, id: KeyId): number {
  const row = takeRow(table.arena);
  packId(id, wordsOf(table.arena, row), offsetOf(table.arena, row) + ID_WORD);
  addRow(table.byId, row);
  table.keys += 1;
  return row;
}

function word(table: KeyTable, row: number, number: number): number {
  return wordsOf(table.arena, row)[offsetOf(table.arena, row) + number] as number;
}

function setWord(table: KeyTable, row: number, at: { readonly word: number; readonly to: number }): void {
  wordsOf(table.arena, row)[offsetOf(table.arena, row) + at.word] = at.to;
}

function writeOwner(table: KeyTable, row: number, entry: Pick<KeyEntry, 'ownerRow' | 'flags'>): void {
  setWord(table, row, { word: OWNER_WORD, to: ((entry.flags << FLAG_SHIFT) | entry.ownerRow) >>> 0 });
}

function writeSecret(table: KeyTable, row: number, secret: SecretEntry): void {
  wordsOf(table.arena, row).set(secret.digest, offsetOf(table.arena, row));
  numbersOf(table.arena, row)[(offsetOf(table.arena, row) >>> 1) + END_NUMBER] = secret.endsAt;
  addRow(table.byDigest, row);
}

/**
 * Word 11: 0 for nothing more; an odd number is the row of the newest replaced secret (times two, plus one), so that a
 * rotated key needs no object; an even one is the place of its side object (plus one, times two).
 */
function writeMore(table: KeyTable, row: number, side: KeySide | null): void {
  if (side === null) return;
  const place = table.freeSides.pop() ?? table.sides.length;
  table.sides[place] = side;
  setWord(table, row, { word: MORE_WORD, to: (place + 1) * 2 });
}

function addReplaced(table: KeyTable, keyRow: number, secret: SecretEntry): void {
  const row = takeRow(table.arena);
  writeSecret(table, row, secret);
  writeOwner(table, row, { ownerRow: keyRow, flags: REPLACED });
  setWord(table, row, { word: ID_WORD, to: firstReplacedOf(table, keyRow) + 1 });
  const side = sideOf(table, keyRow);
  if (side === null) setWord(table, keyRow, { word: MORE_WORD, to: row * 2 + 1 });
  else side.firstReplaced = row + 1;
}

function firstReplacedOf(table: KeyTable, keyRow: number): number {
  const more = word(table, keyRow, MORE_WORD);
  if (more === 0) return NO_ROW;
  return (more & 1) === 1 ? more >>> 1 : (table.sides[(more >>> 1) - 1] as KeySide).firstReplaced - 1;
}

/** Drops all secrets of a key, and its side. */
function forgetSecrets(table: KeyTable, keyRow: number): void {
  dropRow(table.byDigest, keyRow);
  for (let row = firstReplacedOf(table, keyRow); row !== NO_ROW; ) {
    const next = word(table, row, ID_WORD) - 1;
    dropRow(table.byDigest, row);
    freeRow(table.arena, row);
    row = next;
  }
  const more = word(table, keyRow, MORE_WORD);
  if (more !== 0 && (more & 1) === 0) {
    table.sides[(more >>> 1) - 1] = null;
    table.freeSides.push((more >>> 1) - 1);
  }
  setWord(table, keyRow, { word: MORE_WORD, to: 0 });
}

function hashDigest(seed: number, words: Uint32Array, at: number): number {
  return hashWords(seed, words[at] as number, words[at + 1] as number);
}

/** All 32 bytes are compared whatever the first ones say: how long it takes tells nothing of how much fits. */
function holdsDigest(words: Uint32Array, at: number, sought: Uint32Array): boolean {
  let difference = 0;
  for (let index = 0; index < DIGEST_WORDS; index += 1) {
    difference |= (words[at + index] as number) ^ (sought[index] as number);
  }
  return difference === 0;
}
