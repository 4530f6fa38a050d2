import type { KeyId } from '@claviger/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  createKeyTable,
  deleteKey,
  endOf,
  findDigest,
  findKey,
  flagsOf,
  idAt,
  keyRowOf,
  type KeyEntry,
  type KeyTable,
  ownerRowOf,
  putKey,
  REPLACED,
  setFlag,
} from './key-table.ts';
import { NO_ROW } from './row-arena.ts';
import { createRowIndex, addRow, dropRow, findRow } from './row-index.ts';

/** Few different words, so that digests share hashes, fingerprints and places in the index. */
function digestNumber(number: number): Uint32Array {
  return Uint32Array.from({ length: 8 }, (_, word) => (word < 2 ? number % 3 : word === 7 ? number : 7));
}

const keyIdNumber = (number: number): KeyId => `key_${String(number).padStart(12, '0')}` as KeyId;

/** The entry of a key with so many secrets, the first one current. */
function entryOf(number: number, secrets: readonly number[], isOdd = false): KeyEntry {
  const [current = 0, ...replaced] = secrets.map((secret) => number * 10 + secret);
  const side: KeyEntry['side'] = {
    keyId: keyIdNumber(number),
    permissions: null,
    rights: null,
    compiledAt: -1,
    listed: null,
    bounds: null,
    rateLimit: null,
    arrivalMs: 0,
    expiresAt: null,
    firstReplaced: 0,
  };
  return {
    id: keyIdNumber(number),
    ownerRow: number,
    flags: number % 8,
    current: { digest: digestNumber(current), endsAt: current },
    replaced: replaced.map((secret) => ({ digest: digestNumber(secret), endsAt: secret })),
    side: isOdd ? side : null,
  };
}

const command = fc.oneof(
  fc.record({
    do: fc.constant('put' as const),
    number: fc.nat({ max: 40 }),
    secrets: fc.uniqueArray(fc.nat({ max: 5 }), { minLength: 1, maxLength: 4 }),
    isOdd: fc.boolean(),
  }),
  fc.record({ do: fc.constant('delete' as const), number: fc.nat({ max: 40 }) }),
  fc.record({ do: fc.constant('flag' as const), number: fc.nat({ max: 40 }), isOn: fc.boolean() }),
);

/** Whether the table holds exactly these keys, each secret leading to its key and its end. */
function expectSame(table: KeyTable, model: ReadonlyMap<number, KeyEntry>): void {
  expect(table.keys).toBe(model.size);
  let rows = 0;
  for (let number = 0; number <= 40; number += 1) {
    const entry = model.get(number);
    const row = findKey(table, keyIdNumber(number));
    expect(row === NO_ROW).toBe(entry === undefined);
    const secrets = entry === undefined ? [] : [entry.current, ...entry.replaced];
    rows += secrets.length;
    const held = new Map(secrets.map(({ digest, endsAt }) => [digest[7], endsAt]));
    for (let secret = 0; secret <= 5; secret += 1) {
      const found = findDigest(table, digestNumber(number * 10 + secret));
      const endsAt = held.get(number * 10 + secret);
      if (endsAt === undefined) expect(found).toBe(NO_ROW);
      else expect([keyRowOf(table, found), endOf(table, found)]).toEqual([row, endsAt]);
    }
    if (entry === undefined) continue;
    expect([idAt(table, row), flagsOf(table, row), ownerRowOf(table, row)]).toEqual([entry.id, entry.flags, number]);
  }
  expect(table.arena.rowsInUse).toBe(rows);
}

test('the key table holds what a map would, through any churn of keys and secrets', () => {
  fc.assert(
    fc.property(fc.array(command, { maxLength: 120 }), fc.integer(), (commands, seed) => {
      const table = createKeyTable(seed);
      const model = new Map<number, KeyEntry>();
      for (const next of commands) {
        const row = findKey(table, keyIdNumber(next.number));
        const known = model.get(next.number);
        if (next.do === 'put') {
          const entry = entryOf(next.number, next.secrets, next.isOdd);
          putKey(table, row, entry);
          model.set(next.number, entry);
        } else if (known !== undefined && next.do === 'delete') {
          deleteKey(table, row);
          model.delete(next.number);
        } else if (known !== undefined && next.do === 'flag') {
          setFlag(table, row, 8, next.isOn);
          model.set(next.number, { ...known, flags: next.isOn ? known.flags | 8 : known.flags & ~8 });
        }
      }
      expectSame(table, model);
    }),
    { numRuns: 300 },
  );
});

test('churn leaves nothing behind: rows and slots are used again (F4)', () => {
  const table = createKeyTable(1);
  for (let round = 0; round < 50; round += 1) {
    for (let number = 0; number < 200; number += 1) putKey(table, NO_ROW, entryOf(number, [0, 1], true));
    for (let number = 0; number < 200; number += 1) deleteKey(table, findKey(table, keyIdNumber(number)));
  }
  expect(table.arena).toMatchObject({ rowsInUse: 0, rowsEver: 400 });
  expect(table.sides.length).toBe(200);
  expect(table.byDigest.segments.every((segment) => segment.every((slot) => slot === 0))).toBe(true);
  expect(table.byId.segments.every((segment) => segment.every((slot) => slot === 0))).toBe(true);
});

test('digests that differ in one bit anywhere are different (K7)', () => {
  const table = createKeyTable(7);
  putKey(table, NO_ROW, entryOf(1, [0]));
  for (let bit = 0; bit < 256; bit += 1) {
    const digest = digestNumber(10);
    digest[bit >>> 5] = (digest[bit >>> 5] ?? 0) ^ (1 << (bit & 31));
    expect(findDigest(table, digest)).toBe(NO_ROW);
  }
  expect(flagsOf(table, findDigest(table, digestNumber(10))) & REPLACED).toBe(0);
});

test('the index finds every row under one hash, whatever was dropped in between', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.boolean(), fc.nat({ max: 60 })), { maxLength: 200 }),
      fc.nat(),
      (changes, spread) => {
        let sought = 0;
        // All rows fall into one segment and few places of it.
        const hashOf = (row: number): number => (row % ((spread % 5) + 1)) | ((row & 1) << 17);
        const index = createRowIndex({ hashOf, isSought: (row) => row === sought });
        const model = new Set<number>();
        for (const [isAdded, row] of changes) {
          if (isAdded && !model.has(row)) addRow(index, row);
          if (!isAdded) dropRow(index, row);
          if (isAdded) model.add(row);
          else model.delete(row);
        }
        for (sought = 0; sought <= 60; sought += 1) {
          expect(findRow(index, hashOf(sought))).toBe(model.has(sought) ? sought : NO_ROW);
        }
      },
    ),
  );
});
