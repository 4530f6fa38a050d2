import { describe, expect, test } from 'vitest';
import { PASSWORD_DEFAULT_SHORTEST, PASSWORD_LONGEST, PASSWORD_SHORTEST } from './limits.ts';
import { isPasswordMinimum, passwordRefusal } from './password-rules.ts';
import { Secret } from './secret.ts';

const refusal = (text: string, shortest: number = PASSWORD_DEFAULT_SHORTEST) =>
  passwordRefusal(new Secret(text), shortest);
const TOO_SHORT = { kind: 'password-too-short', shortest: 12 };
const TOO_LONG = { kind: 'password-too-long', longest: 128 };

describe('lengths (U7, T4)', () => {
  test.each([
    [0, TOO_SHORT],
    [11, TOO_SHORT],
    [12, null],
    [128, null],
    [129, TOO_LONG],
    [60_000, TOO_LONG],
  ])('%i characters: %o (U7)', (length, expected) => expect(refusal('a'.repeat(length))).toEqual(expected));

  test('the minimum of the account counts (U7)', () => {
    expect(refusal('a'.repeat(8), 8)).toBeNull();
    expect(refusal('a'.repeat(7), 8)).toEqual({ kind: 'password-too-short', shortest: 8 });
    expect(refusal('a'.repeat(127), 128)).toEqual({ kind: 'password-too-short', shortest: 128 });
  });

  test('a character outside the basic plane is one character (U7)', () => {
    expect(refusal('😀'.repeat(11))).toEqual(TOO_SHORT);
    expect(refusal('😀'.repeat(12))).toBeNull();
    expect(refusal('😀'.repeat(128))).toBeNull();
    expect(refusal('😀'.repeat(129))).toEqual(TOO_LONG);
  });

  test('spaces count: a passphrase is a password (U7)', () => expect(refusal('correct horse battery')).toBeNull());

  test('a refusal does not carry the password', () => {
    expect(JSON.stringify(refusal('hunter2'))).not.toContain('hunter2');
  });
});

test.each([
  [PASSWORD_SHORTEST - 1, false],
  [PASSWORD_SHORTEST, true],
  [PASSWORD_DEFAULT_SHORTEST, true],
  [PASSWORD_LONGEST, true],
  [PASSWORD_LONGEST + 1, false],
  [8.5, false],
  [Number.NaN, false],
])('%d may be the minimum of an account: %j (U7)', (length, isFine) => expect(isPasswordMinimum(length)).toBe(isFine));
