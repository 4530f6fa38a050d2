import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseRecord } from './feed-records.ts';
import { parseKeyRecord } from './key-record.ts';
import { createSharedBounds } from './shared-bounds.ts';
import { parsePlainKeyRecord } from './plain-key-record.ts';
import { digestOf, keyRecord, keyTextNumber } from './testing/sample-records.ts';

/** What the full parser makes of a text. */
function parseFully(text: string) {
  const record = parseRecord(text);
  return record?.type === 'key' ? parseKeyRecord(record, createSharedBounds()) : null;
}

const end = fc.option(fc.oneof(fc.nat(), fc.maxSafeNat(), fc.constantFrom(0, 1, 1_780_000_000_000)));
const record = fc
  .record({
    number: fc.nat({ max: 99 }),
    kind: fc.constantFrom('master', 'write_only'),
    expires_at: end,
    disabled_at: end,
    forced_at: fc.oneof(fc.constant(null), end),
    ends_at: end,
    endsTogether: fc.boolean(),
  })
  .map(({ number, ends_at, endsTogether, ...facts }) => {
    const secret = { digest: digestOf(keyTextNumber(number)), ends_at: endsTogether ? facts.expires_at : ends_at };
    return JSON.stringify(keyRecord(number, { ...facts, secrets: [secret] }));
  });

test('what the quick parser reads, it reads as the full one does', () => {
  let quick = 0;
  fc.assert(
    fc.property(record, (text) => {
      const plain = parsePlainKeyRecord(text);
      if (plain === null) return;
      quick += 1;
      expect(plain).toEqual(parseFully(text));
    }),
    { numRuns: 2_000 },
  );
  expect(quick).toBeGreaterThan(100);
});

test('a text that is changed anywhere is read alike by both, or by the full one alone', () => {
  const change = fc.record({ at: fc.nat({ max: 500 }), cut: fc.nat({ max: 3 }), by: fc.string({ maxLength: 3 }) });
  fc.assert(
    fc.property(record, change, (text, { at, cut, by }) => {
      const changed = text.slice(0, at) + by + text.slice(at + cut);
      const plain = parsePlainKeyRecord(changed);
      if (plain !== null) expect(plain).toEqual(parseFully(changed));
    }),
    { numRuns: 5_000 },
  );
});

test('the record of a plain key is read quickly, that of another one is not', () => {
  const plain = (changes: Parameters<typeof keyRecord>[1]) =>
    parsePlainKeyRecord(JSON.stringify(keyRecord(1, changes)));
  expect(plain({})).not.toBeNull();
  expect(plain({ disabled_at: 5, kind: 'write_only' })).not.toBeNull();
  for (const changes of [{ permissions: [] }, { forced_at: 5 }, { expires_at: 5 }, { allowed_ips: ['::1'] }]) {
    expect(plain(changes)).toBeNull();
  }
});
