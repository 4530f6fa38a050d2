import { DECISION_CODES, type DecisionCode, type Instant, type KeyId } from '@claviger/core';
import { findKey, idAt, type KeyTable, USAGE_WORD } from './key-table.ts';
import { NO_ROW, offsetOf, wordsOf } from './row-arena.ts';

/** What one key was used for since the last drain (D13). */
export type KeyUsage = {
  readonly keyId: KeyId;
  /** Verifications that were allowed. */
  readonly calls: number;
  /** Those among them that came with a replaced secret (X5). */
  readonly callsWithReplacedSecret: number;
  /** Those among them that an IP allowlist in monitor mode would have refused (I7). */
  readonly wouldBeDenials: number;
  /** Decision time of the last allowed one; null when all were denied. */
  readonly lastUsedAt: Instant | null;
  /** Denials by reason, after the presented secret had proved right. */
  readonly denials: Readonly<Partial<Record<DecisionCode, number>>>;
};

/**
 * Counters of the keys used since the last drain, one slot each: a drain walks these, never the whole table. Calls lie
 * apart from what is seldom counted, four slots to a cache line.
 */
export type UsageBook = {
  readonly table: KeyTable;
  /** Words of a slot: 0 the key's row plus one (0: deleted meanwhile), 1 calls, 2 and 3 the last use as a 64-bit number. */
  calls: Uint32Array;
  /** The same bytes as 64-bit numbers. */
  lastUses: Float64Array;
  /** Words of a slot: 0 calls with replaced secrets, 1 calls that a list would have refused, 2… denials by code. */
  rest: Uint32Array;
  slots: number;
};

const CALL_WORDS = 4;
/** Where in a slot denials begin. */
const DENIALS_AT = 2;
const REST_WORDS = DENIALS_AT + DECISION_CODES.length;
const SLOTS_FIRST = 64;
const CODE_NUMBERS = new Map(DECISION_CODES.map((code, number) => [code, number]));

/** An empty book for the keys of a table. */
export function createUsageBook(table: KeyTable): UsageBook {
  return { table, ...createCounters(SLOTS_FIRST), slots: 0 };
}

/** Counts one allowed verification of the key in a row. */
export function countCall(book: UsageBook, row: number, now: number): void {
  const slot = slotOf(book, row);
  add(book.calls, slot * CALL_WORDS + 1, 1);
  noteUse(book, slot, now);
}

/** Counts beside `countCall` that the call came with a replaced secret (X5). */
export function countReplacedSecret(book: UsageBook, row: number): void {
  add(book.rest, slotOf(book, row) * REST_WORDS, 1);
}

/** Counts beside `countCall` that a list in monitor mode would have refused the call (I7). */
export function countWouldBeDenial(book: UsageBook, row: number): void {
  add(book.rest, slotOf(book, row) * REST_WORDS + 1, 1);
}

/** Counts one denied verification of a key whose secret proved right. */
export function countDenial(book: UsageBook, row: number, code: DecisionCode): void {
  add(book.rest, slotOf(book, row) * REST_WORDS + DENIALS_AT + (CODE_NUMBERS.get(code) ?? 0), 1);
}

/** Forgets the counts of a key that is about to be deleted: its row will be another key's. */
export function forgetUsage(book: UsageBook, row: number): void {
  const slot = slotNumberOf(book.table, row);
  if (slot > 0) book.calls[(slot - 1) * CALL_WORDS] = 0;
}

/** Takes all counts out and starts again from nothing. */
export function drainUsageBook(book: UsageBook): readonly KeyUsage[] {
  const drained: KeyUsage[] = [];
  for (let slot = 0; slot < book.slots; slot += 1) {
    const row = (book.calls[slot * CALL_WORDS] as number) - 1;
    if (row === NO_ROW) continue;
    drained.push(usageIn(book, slot, idAt(book.table, row)));
    setSlotNumber(book.table, row, 0);
  }
  book.calls.fill(0, 0, book.slots * CALL_WORDS);
  book.rest.fill(0, 0, book.slots * REST_WORDS);
  book.slots = 0;
  return drained;
}

/** Carries counts over to another table, by key id: a reload loses none (D13). */
export function restoreUsage(book: UsageBook, usage: readonly KeyUsage[]): void {
  for (const entry of usage) {
    const row = findKey(book.table, entry.keyId);
    if (row === NO_ROW) continue;
    const slot = slotOf(book, row);
    add(book.calls, slot * CALL_WORDS + 1, entry.calls);
    add(book.rest, slot * REST_WORDS, entry.callsWithReplacedSecret);
    add(book.rest, slot * REST_WORDS + 1, entry.wouldBeDenials);
    for (const [number, code] of DECISION_CODES.entries()) {
      add(book.rest, slot * REST_WORDS + DENIALS_AT + number, entry.denials[code] ?? 0);
    }
    noteUse(book, slot, entry.lastUsedAt ?? 0);
  }
}

function usageIn(book: UsageBook, slot: number, keyId: KeyId): KeyUsage {
  const denials: Partial<Record<DecisionCode, number>> = {};
  for (const [number, code] of DECISION_CODES.entries()) {
    const count = book.rest[slot * REST_WORDS + DENIALS_AT + number] as number;
    if (count > 0) denials[code] = count;
  }
  const lastUse = book.lastUses[slot * 2 + 1] as number;
  return {
    keyId,
    calls: book.calls[slot * CALL_WORDS + 1] as number,
    callsWithReplacedSecret: book.rest[slot * REST_WORDS] as number,
    wouldBeDenials: book.rest[slot * REST_WORDS + 1] as number,
    lastUsedAt: lastUse === 0 ? null : (lastUse as Instant),
    denials,
  };
}

function slotOf(book: UsageBook, row: number): number {
  const known = slotNumberOf(book.table, row);
  return known > 0 ? known - 1 : takeSlot(book, row);
}

function takeSlot(book: UsageBook, row: number): number {
  if (book.slots * REST_WORDS === book.rest.length) grow(book);
  const slot = book.slots;
  book.slots += 1;
  book.calls[slot * CALL_WORDS] = row + 1;
  setSlotNumber(book.table, row, slot + 1);
  return slot;
}

function noteUse(book: UsageBook, slot: number, at: number): void {
  if (at > (book.lastUses[slot * 2 + 1] as number)) book.lastUses[slot * 2 + 1] = at;
}

function slotNumberOf(table: KeyTable, row: number): number {
  return wordsOf(table.arena, row)[offsetOf(table.arena, row) + USAGE_WORD] as number;
}

function setSlotNumber(table: KeyTable, row: number, to: number): void {
  wordsOf(table.arena, row)[offsetOf(table.arena, row) + USAGE_WORD] = to;
}

function createCounters(slots: number): Pick<UsageBook, 'calls' | 'lastUses' | 'rest'> {
  const calls = new Uint32Array(slots * CALL_WORDS);
  return { calls, lastUses: new Float64Array(calls.buffer), rest: new Uint32Array(slots * REST_WORDS) };
}

function grow(book: UsageBook): void {
  const larger = createCounters(book.slots * 2);
  larger.calls.set(book.calls);
  larger.rest.set(book.rest);
  book.calls = larger.calls;
  book.lastUses = larger.lastUses;
  book.rest = larger.rest;
}

function add(counts: Uint32Array, at: number, count: number): void {
  counts[at] = (counts[at] as number) + count;
}
