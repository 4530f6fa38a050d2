import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seededBytes } from '../test-support/seeded-bytes.ts';
import { BASE62 } from './base62.ts';
import {
  drawIdCharacters,
  drawSecretCharacters,
  formatKeyText,
  hintOf,
  isKeyPrefix,
  type KeyText,
  type KeyTextKind,
  parseKeyText,
  presentedText,
} from './key-text.ts';
import { Secret } from './secret.ts';

type Vectors = {
  readonly accepted_prefixes: readonly string[];
  readonly prefixes: { readonly accept: readonly string[]; readonly refuse: readonly string[] };
  readonly accept: readonly {
    readonly name: string;
    readonly text: string;
    readonly prefix: string;
    readonly kind: KeyTextKind;
    readonly id_characters: string;
    readonly hint: string;
    readonly digest: string;
  }[];
  readonly refuse: readonly { readonly name: string; readonly text: string; readonly reads: 'malformed' | 'foreign' }[];
};
const vectors = JSON.parse(readFileSync(new URL('../vectors/key-text.json', import.meta.url), 'utf8')) as Vectors;

const base62 = fc.constantFrom(...BASE62.split(''));
const characters = (length: number) => fc.string({ unit: base62, minLength: length, maxLength: length });
const prefix = fc.stringMatching(/^[a-z][a-z0-9]{1,15}$/);
const parts: fc.Arbitrary<KeyText> = fc.record({
  prefix,
  kind: fc.constantFrom('master', 'write_only', 'internal'),
  idCharacters: characters(12),
});
const PREFIXES = ['clv', 'old'];
const made = fc
  .tuple(fc.constantFrom(...PREFIXES), parts, characters(33))
  .map(([accepted, of, secret]) => formatKeyText({ ...of, prefix: accepted }, secret).reveal());

describe('known answers', () => {
  test.each(vectors.accept)('accepted: $name (K6)', (vector) => {
    expect(parseKeyText(vector.text, vectors.accepted_prefixes)).toEqual({
      prefix: vector.prefix,
      kind: vector.kind,
      idCharacters: vector.id_characters,
    });
    expect(presentedText(vector.text, vectors.accepted_prefixes)).toBe(vector.kind === 'internal' ? 'internal' : 'own');
    expect(hintOf(new Secret(vector.text))).toBe(vector.hint);
    expect(createHash('sha256').update(vector.text).digest('hex')).toBe(vector.digest);
  });

  test.each(vectors.refuse)('refused: $name (K6)', (vector) => {
    expect(parseKeyText(vector.text, vectors.accepted_prefixes)).toBeNull();
    expect(presentedText(vector.text, vectors.accepted_prefixes)).toBe(vector.reads);
  });

  test.each(vectors.prefixes.accept)('%j may be a prefix (K6)', (text) => expect(isKeyPrefix(text)).toBe(true));
  test.each(vectors.prefixes.refuse)('%j may not be a prefix (K6)', (text) => expect(isKeyPrefix(text)).toBe(false));
});

describe('laws', () => {
  test('parsing a formatted text gives its parts back (K6)', () => {
    fc.assert(
      fc.property(parts, characters(33), (of, secret) => {
        const text = formatKeyText(of, secret).reveal();
        expect(parseKeyText(text, ['zz9', of.prefix])).toEqual(of);
        expect(text).toMatch(/^[a-z0-9]+_(master|write|internal)_[0-9A-Za-z]{51}$/);
      }),
    );
  });

  test('a text under a prefix that is not accepted is not ours (K6)', () => {
    fc.assert(
      fc.property(parts, characters(33), prefix, (of, secret, other) => {
        fc.pre(other !== of.prefix);
        const text = formatKeyText(of, secret).reveal();
        expect(parseKeyText(text, [other])).toBeNull();
        expect(presentedText(text, [other])).toBe('foreign');
      }),
    );
  });

  test('any single changed character is refused, wherever it is and whatever it becomes (K6)', () => {
    const codeUnit = fc.oneof(
      base62,
      fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)),
    );
    fc.assert(
      fc.property(made, fc.nat(), codeUnit, (text, at, changed) => {
        const place = at % text.length;
        fc.pre(text.charAt(place) !== changed);
        const corrupt = text.slice(0, place) + changed + text.slice(place + 1);
        expect(parseKeyText(corrupt, PREFIXES)).toBeNull();
        expect(presentedText(corrupt, PREFIXES)).not.toMatch(/own|internal/);
      }),
      { numRuns: 5_000 },
    );
  });

  test('every single change to one text is refused: each place, each base62 character (K6)', () => {
    const text = vectors.accept[0]?.text ?? '';
    for (let place = 0; place < text.length; place += 1) {
      for (const changed of `${BASE62}_-. é`) {
        if (text.charAt(place) === changed) continue;
        const corrupt = text.slice(0, place) + changed + text.slice(place + 1);
        expect(parseKeyText(corrupt, ['clv']), corrupt).toBeNull();
      }
    }
  });

  test('one checksum has one spelling: no character outside base62 stands for a digit and a borrow (K6)', () => {
    const randomBytes = seededBytes('borrow');
    let tried = 0;
    while (tried < 20) {
      const of = { prefix: 'clv', kind: 'master', idCharacters: drawIdCharacters(randomBytes) } as const;
      const text = formatKeyText(of, drawSecretCharacters(randomBytes)).reveal();
      const place = text.indexOf('z', text.length - 5);
      const before = BASE62.indexOf(text.charAt(place - 1));
      if (place === -1 || before === 61) continue;
      tried += 1;
      for (const outside of ['-', '_', '\u007f', 'é', '𝟘']) {
        const spelled = text.slice(0, place - 1) + BASE62.charAt(before + 1) + outside + text.slice(place + 1);
        expect(parseKeyText(spelled, ['clv']), spelled).toBeNull();
      }
    }
  });

  test('two swapped neighbours are refused (K6)', () => {
    fc.assert(
      fc.property(made, fc.nat(), (text, at) => {
        const place = at % (text.length - 1);
        fc.pre(text.charAt(place) !== text.charAt(place + 1));
        const swapped = text.slice(0, place) + text.charAt(place + 1) + text.charAt(place) + text.slice(place + 2);
        expect(parseKeyText(swapped, PREFIXES)).toBeNull();
      }),
    );
  });

  test('nothing makes it throw, and it accepts only what formatting makes (K6)', () => {
    const nearMiss = fc
      .tuple(made, fc.nat(80), fc.nat(5), fc.string({ unit: 'binary', maxLength: 5 }))
      .map(([text, at, cut, put]) => text.slice(0, at) + put + text.slice(at + cut));
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), nearMiss, made), (text) => {
        const parsed = parseKeyText(text, PREFIXES);
        const reads = presentedText(text, PREFIXES);
        expect(parsed !== null).toBe(reads === 'own' || reads === 'internal');
        if (parsed !== null) expect(formatKeyText(parsed, text.slice(-39, -6)).reveal()).toBe(text);
      }),
      { numRuns: 5_000 },
    );
  });
});

describe('drawing', () => {
  test('12 id and 33 secret characters: at least 192 random bits (K6)', () => {
    const randomBytes = seededBytes('draw');
    expect(drawIdCharacters(randomBytes)).toMatch(/^[0-9A-Za-z]{12}$/);
    expect(drawSecretCharacters(randomBytes)).toMatch(/^[0-9A-Za-z]{33}$/);
    expect(33 * Math.log2(62)).toBeGreaterThanOrEqual(192);
  });

  test('100,000 drawn secrets and ids never meet, seed unique-1 (K6)', () => {
    const randomBytes = seededBytes('unique-1');
    const secrets = new Set(Array.from({ length: 100_000 }, () => drawSecretCharacters(randomBytes)));
    const ids = new Set(Array.from({ length: 100_000 }, () => drawIdCharacters(randomBytes)));
    expect([secrets.size, ids.size]).toEqual([100_000, 100_000]);
  });
});

describe('hints', () => {
  test('a hint shows four characters at each side and none of the secret (K8)', () => {
    fc.assert(
      fc.property(parts, characters(33), (of, secret) => {
        const text = formatKeyText(of, secret);
        const hint = hintOf(text);
        const head = text.reveal().slice(0, -51);
        expect(hint).toBe(`${head}${of.idCharacters.slice(0, 4)}…${text.reveal().slice(-4)}`);
      }),
    );
  });

  test('of an imported text at most 8 characters show, whatever marks it contains (K8, K13)', () => {
    const imported = fc.string({ unit: fc.constantFrom('a', 'B', '7', '_', '-', '/'), minLength: 20, maxLength: 60 });
    fc.assert(
      fc.property(imported, (text) => {
        const [first, last] = hintOf(new Secret(text)).split('…');
        expect([first, last]).toEqual([text.slice(0, 4), text.slice(-4)]);
      }),
    );
  });

  test('an underscore near the end of an imported text uncovers nothing (K8)', () => {
    expect(hintOf(new Secret('sk_live_51Habcdefghijklmnopqrstuv_wxyz'))).toBe('sk_l…wxyz');
  });
});
