import type { UserId } from '@claviger/core';
import { packId, unpackId, USER_ID_WORDS } from './packed-id.ts';
import { createRowArena, freeRow, offsetOf, type RowArena, takeRow, wordsOf } from './row-arena.ts';
import { addRow, createRowIndex, dropRow, findRow, hashWords, type RowIndex } from './row-index.ts';

/**
 * The owners of keys, 28 bytes each: with two keys for every user (K2) they weigh almost as much as the keys.
 * Words of a row: 0…4 id, 5 keys that point here.
 */
export type OwnerTable = {
  readonly arena: RowArena;
  readonly byId: RowIndex;
  readonly sought: Uint32Array;
  readonly seed: number;
  /** For each row its standing's number and its flags: all that a decision reads, sixteen owners to a cache line. */
  standings: Uint32Array;
};

const KEYS_WORD = 5;
const FLAG_SHIFT = 24;
const STANDINGS_MOST = 2 ** FLAG_SHIFT;
const STANDING_MASK = STANDINGS_MOST - 1;
/** Flags of an owner. `KNOWN`: its record has come; before, and after its deletion, its keys are refused. */
export const OWNER_KNOWN = 1;
export const OWNER_DISABLED = 2;
export const OWNER_DENIED = 4;

/** An empty table. */
export function createOwnerTable(seed: number): OwnerTable {
  const arena = createRowArena(6);
  const sought = new Uint32Array(USER_ID_WORDS);
  const byId = createRowIndex({
    hashOf: (row) => hashUserId(seed, wordsOf(arena, row), offsetOf(arena, row)),
    isSought: (row) => holdsUserId(wordsOf(arena, row), offsetOf(arena, row), sought),
  });
  return { arena, byId, sought, seed, standings: new Uint32Array(64) };
}

/** The row of an owner, or `NO_ROW`. */
export function findOwner(table: OwnerTable, id: UserId): number {
  packId(id, table.sought, 0);
  return findRow(table.byId, hashUserId(table.seed, table.sought, 0));
}

/** A new row for an owner who is not in the table, with a standing and no flags. */
export function addOwner(table: OwnerTable, id: UserId, standing: number): number {
  packId(id, table.sought, 0);
  const row = takeRow(table.arena);
  wordsOf(table.arena, row).set(table.sought, offsetOf(table.arena, row));
  addRow(table.byId, row);
  if (row >= table.standings.length) {
    const longer = new Uint32Array(table.standings.length * 2);
    longer.set(table.standings);
    table.standings = longer;
  }
  setOwner(table, row, { standing, flags: 0 });
  return row;
}

/** The number of the owner's standing. */
export function standingNumberOf(table: OwnerTable, row: number): number {
  return (table.standings[row] as number) & STANDING_MASK;
}

/** The owner's flags. */
export function ownerFlagsOf(table: OwnerTable, row: number): number {
  return (table.standings[row] as number) >>> FLAG_SHIFT;
}

/** Sets the standing and the flags of an owner. */
export function setOwner(
  table: OwnerTable,
  row: number,
  to: { readonly standing: number; readonly flags: number },
): void {
  if (to.standing >= STANDINGS_MOST) throw new RangeError(`a verifier holds at most ${STANDINGS_MOST} standings`);
  table.standings[row] = ((to.flags << FLAG_SHIFT) | to.standing) >>> 0;
}

/** Counts keys that point to an owner, up or down. */
export function countKeys(table: OwnerTable, row: number, by: 1 | -1): void {
  wordsOf(table.arena, row)[offsetOf(table.arena, row) + KEYS_WORD] = keysOf(table, row) + by;
}

/** True when no key points to an owner whose record is gone: the row may go too. */
export function isForgettable(table: OwnerTable, row: number): boolean {
  return keysOf(table, row) === 0 && (ownerFlagsOf(table, row) & OWNER_KNOWN) === 0;
}

/** Takes an owner out. No key may point to it. */
export function dropOwner(table: OwnerTable, row: number): void {
  dropRow(table.byId, row);
  freeRow(table.arena, row);
}

/** The id of the owner in a row. */
export function ownerIdAt(table: OwnerTable, row: number): UserId {
  return `usr_${unpackId(wordsOf(table.arena, row), offsetOf(table.arena, row), USER_ID_WORDS)}` as UserId;
}

function keysOf(table: OwnerTable, row: number): number {
  return wordsOf(table.arena, row)[offsetOf(table.arena, row) + KEYS_WORD] as number;
}

function hashUserId(seed: number, words: Uint32Array, at: number): number {
  const low = (words[at] as number) ^ Math.imul(words[at + 2] as number, 0x27d4eb2f);
  const high = (words[at + 1] as number) ^ Math.imul(words[at + 3] as number, 0x165667b1);
  return hashWords(seed, low, high ^ (words[at + 4] as number));
}

function holdsUserId(words: Uint32Array, at: number, sought: Uint32Array): boolean {
  for (let index = 0; index < USER_ID_WORDS; index += 1) if (words[at + index] !== sought[index]) return false;
  return true;
}
