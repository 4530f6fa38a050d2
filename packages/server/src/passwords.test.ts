import { Secret } from '@claviger/core';
import { expect, test } from 'vitest';
import { createPasswords } from './passwords.ts';

test('a password fits its own hash only, is kept as argon2id, and an unknown user fits nothing (U7)', async () => {
  const passwords = await createPasswords();
  const stored = await passwords.hash(new Secret('correct horse battery'));
  expect(stored).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  expect(await passwords.matches(new Secret('correct horse battery'), stored)).toBe(true);
  expect(await passwords.matches(new Secret('correct horse batterY'), stored)).toBe(false);
  expect(await passwords.matches(new Secret('correct horse battery'), null)).toBe(false);
});
