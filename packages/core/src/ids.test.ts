import { describe, expect, test } from 'vitest';
import { seededBytes } from '../test-support/seeded-bytes.ts';
import {
  idCharactersOf,
  internalKeyIdOf,
  keyIdOf,
  newAccountId,
  newEventId,
  newInvitationId,
  newMailId,
  newPolicyId,
  newSessionId,
  newUserId,
  newWebhookId,
  parseAccountId,
  parseEventId,
  parseInternalKeyId,
  parseInvitationId,
  parseKeyId,
  parseMailId,
  parsePolicyId,
  parseSessionId,
  parseUserId,
  parseWebhookId,
} from './ids.ts';

const PARSERS = {
  acc: parseAccountId,
  usr: parseUserId,
  pol: parsePolicyId,
  ses: parseSessionId,
  evt: parseEventId,
  inv: parseInvitationId,
  whk: parseWebhookId,
  mail: parseMailId,
  key: parseKeyId,
  ikey: parseInternalKeyId,
} as const;
const DRAWERS = {
  acc: newAccountId,
  usr: newUserId,
  pol: newPolicyId,
  ses: newSessionId,
  evt: newEventId,
  inv: newInvitationId,
  whk: newWebhookId,
  mail: newMailId,
} as const;
const lengthOf = (prefix: string): number => (prefix.endsWith('key') ? 12 : 20);

describe.each(Object.entries(PARSERS))('%s_ ids', (prefix, parse) => {
  const good = `${prefix}_${'aZ0'.repeat(7).slice(0, lengthOf(prefix))}`;

  test('a well-formed one is taken as it is', () => expect(parse(good)).toBe(good));

  test.each<[string, string]>([
    ['nothing', ''],
    ['the prefix alone', `${prefix}_`],
    ['one character short', good.slice(0, -1)],
    ['one character long', `${good}a`],
    ['a dash', `${good.slice(0, -1)}-`],
    ['an underscore', `${good.slice(0, -1)}_`],
    ['a letter outside ASCII', `${good.slice(0, -1)}é`],
    ['a trailing line feed', `${good}\n`],
    ['a leading space', ` ${good}`],
    ['capitals in the prefix', good.replace(prefix, prefix.toUpperCase())],
    ['a quote', `${good.slice(0, -1)}'`],
  ])('%s is refused', (_, text) => expect(parse(text)).toBeNull());

  test('ids of every other thing are refused', () => {
    for (const other of Object.keys(PARSERS)) {
      if (other === prefix) continue;
      expect(parse(good.replace(prefix, other))).toBeNull();
      expect(parse(`${other}_${'a'.repeat(lengthOf(other))}`)).toBeNull();
    }
  });
});

test.each(Object.entries(DRAWERS))('a drawn %s_ id is one, and not the last one', (prefix, draw) => {
  const randomBytes = seededBytes(prefix);
  const drawn = Array.from({ length: 1_000 }, () => draw(randomBytes));
  for (const id of drawn) expect(PARSERS[prefix as keyof typeof DRAWERS](id)).toBe(id);
  expect(new Set(drawn).size).toBe(1_000);
});

test('the id of a key and the 12 characters in its text are the same, there and back (K6, X5)', () => {
  expect(keyIdOf('4fQ2abcdefgh')).toBe('key_4fQ2abcdefgh');
  expect(idCharactersOf(keyIdOf('4fQ2abcdefgh'))).toBe('4fQ2abcdefgh');
  expect(internalKeyIdOf('4fQ2abcdefgh')).toBe('ikey_4fQ2abcdefgh');
  expect(idCharactersOf(internalKeyIdOf('4fQ2abcdefgh'))).toBe('4fQ2abcdefgh');
});
