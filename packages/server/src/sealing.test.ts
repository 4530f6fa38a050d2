import { Secret } from '@claviger/core';
import type { SealedRow } from '@claviger/storage';
import { expect, test } from 'vitest';
import { createSealer } from './sealing.ts';

const one = { number: 1, key: new Secret('a'.repeat(43)) };
const two = { number: 2, key: new Secret('b'.repeat(42).concat('A')) };
const row: SealedRow = { accountId: 'acc_1', keyId: 'key_1', ownerId: 'usr_1', kind: 'master', digest: 'd'.repeat(64) };

test('a seal fits its own row only: whoever changes any field of a row makes it no key (K7)', () => {
  const sealer = createSealer([one]);
  const seal = sealer.seal(row);
  expect(seal).toMatch(/^1:[0-9a-f]{64}$/);
  expect(sealer.isSealed(row, seal)).toBe(true);
  const changed: SealedRow[] = [
    { ...row, accountId: 'acc_2' },
    { ...row, keyId: 'key_2' },
    { ...row, ownerId: 'usr_2' },
    { ...row, kind: 'write_only' },
    { ...row, digest: 'e'.repeat(64) },
    { ...row, accountId: 'acc_1","key_1', keyId: '' },
  ];
  for (const other of changed) expect(sealer.isSealed(other, seal)).toBe(false);
});

test('a seal made under a former sealing key still fits while that key is given (K7)', () => {
  const seal = createSealer([one]).seal(row);
  expect(createSealer([two, one]).isSealed(row, seal)).toBe(true);
  expect(createSealer([two, one]).seal(row)).toMatch(/^2:/);
  expect(createSealer([two]).isSealed(row, seal)).toBe(false);
});

test.each(['', '1:', `1:${'0'.repeat(64)}`, '9:zz', `0:${'0'.repeat(64)}`])('%j seals nothing (K7)', (seal) => {
  expect(createSealer([one]).isSealed(row, seal)).toBe(false);
});

test('the check value tells a wrong sealing key (K7)', () => {
  const value = createSealer([one]).checkValue();
  expect(createSealer([one]).isCheckValue(value)).toBe(true);
  expect(createSealer([two, one]).isCheckValue(value)).toBe(true);
  expect(createSealer([{ ...two, number: 1 }]).isCheckValue(value)).toBe(false);
});

test('a digest for one purpose says nothing for another', () => {
  const sealer = createSealer([one]);
  expect(sealer.mac('body', 'x')).not.toBe(sealer.mac('key', 'x'));
  expect(sealer.mac('body', 'x')).toBe(sealer.mac('body', 'x'));
});
