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

test('a hidden secret comes back in clear for its own purpose only, also under a former sealing key (K7)', () => {
  const hidden = createSealer([one]).encrypt('webhook whk_1', new Secret('whsec_abc'));
  expect(hidden).toMatch(/^1:[\w-]+$/);
  expect(hidden).not.toContain('whsec');
  expect(createSealer([two, one]).decrypt('webhook whk_1', hidden)?.reveal()).toBe('whsec_abc');
  expect(createSealer([one]).decrypt('webhook whk_2', hidden)).toBeNull();
  expect(createSealer([two]).decrypt('webhook whk_1', hidden)).toBeNull();
  expect(createSealer([one]).encrypt('webhook whk_1', new Secret('whsec_abc'))).not.toBe(hidden);
});

test('a hidden secret in which any character was changed is none (K7)', () => {
  const sealer = createSealer([one]);
  const hidden = sealer.encrypt('totp usr_1', new Secret('JBSWY3DPEHPK3PXP'));
  for (let at = 2; at < hidden.length - 1; at += 1) {
    const changed = `${hidden.slice(0, at)}${hidden[at] === 'A' ? 'B' : 'A'}${hidden.slice(at + 1)}`;
    expect(sealer.decrypt('totp usr_1', changed)).toBeNull();
  }
  for (const text of ['', '1:', '1:AAAA', ':', 'x']) expect(sealer.decrypt('totp usr_1', text)).toBeNull();
});

test('the token of a link is the same each time it is worked out, and another for every purpose and id (K7)', () => {
  const sealer = createSealer([one]);
  const token = sealer.linkToken('invitation', 'inv_1').reveal();
  expect(token).toMatch(/^[\w-]{43}$/);
  expect(sealer.linkToken('invitation', 'inv_1').reveal()).toBe(token);
  expect(sealer.linkToken('invitation', 'inv_2').reveal()).not.toBe(token);
  expect(sealer.linkToken('password_reset', 'inv_1').reveal()).not.toBe(token);
  expect(createSealer([two]).linkToken('invitation', 'inv_1').reveal()).not.toBe(token);
});
