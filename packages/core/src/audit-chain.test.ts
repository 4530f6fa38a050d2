import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type ChainBreak,
  chainLink,
  checkLink,
  EVENT_COLUMNS,
  type EventColumns,
  eventDigest,
  GENESIS_HASH,
  headText,
  linkHash,
  type StoredLink,
} from './audit-chain.ts';

const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');

type Vectors = {
  readonly columns: readonly string[];
  readonly genesis_hash: string;
  readonly links: readonly {
    readonly columns: EventColumns;
    readonly event_digest: string;
    readonly record: string;
    readonly record_digest: string;
    readonly previous_hash: string;
    readonly hash: string;
  }[];
  readonly head: { readonly epoch: number; readonly version: number; readonly hash: string; readonly text: string };
};
const vectors = JSON.parse(readFileSync(new URL('../vectors/audit-chain.json', import.meta.url), 'utf8')) as Vectors;
const CHAIN: readonly StoredLink[] = vectors.links.map((link) => ({
  columns: link.columns,
  previousHash: link.previous_hash,
  recordDigest: link.record_digest,
  hash: link.hash,
}));

/** Walks a whole chain as the offline verifier does, and answers the first break. */
function firstBreak(
  links: readonly StoredLink[],
  head: { readonly version: number; readonly hash: string },
): ChainBreak | null {
  let previous = { version: 0, hash: GENESIS_HASH };
  for (const link of links) {
    const broken = checkLink(previous, link, sha256);
    if (broken !== null) return broken;
    previous = { version: Number(link.columns.version), hash: link.hash };
  }
  return previous.hash === head.hash ? null : { version: previous.version + 1, kind: 'missing' };
}
const walk = (links: readonly StoredLink[]) => firstBreak(links, vectors.head);
const at = (index: number): StoredLink => {
  const link = CHAIN[index];
  if (link === undefined) throw new Error(`no link ${index}`);
  return link;
};
const replaced = (index: number, link: StoredLink) => CHAIN.map((kept, place) => (place === index ? link : kept));

describe('known answers', () => {
  test.each(vectors.links)('the link of version $columns.version (A4)', (link) => {
    expect(eventDigest(link.columns, sha256)).toBe(link.event_digest);
    expect(sha256(link.record)).toBe(link.record_digest);
    const digests = { eventDigest: link.event_digest, recordDigest: link.record_digest };
    expect(chainLink(link.previous_hash, digests, sha256)).toEqual({
      previousHash: link.previous_hash,
      ...digests,
      hash: link.hash,
    });
    expect(linkHash({ previousHash: link.previous_hash, ...digests }, sha256)).toBe(link.hash);
  });

  test('columns, genesis and the text under the signature (A4)', () => {
    expect(EVENT_COLUMNS).toEqual(vectors.columns);
    expect(GENESIS_HASH).toBe(vectors.genesis_hash);
    expect(headText(vectors.head)).toBe(vectors.head.text);
  });

  test('the untouched chain is whole (A4)', () => expect(walk(CHAIN)).toBeNull());
});

describe('tampering is found and located (A4)', () => {
  const column = fc.constantFrom(...EVENT_COLUMNS);
  const place = fc.nat(CHAIN.length - 1);

  test('any change to any column of any event (A4)', () => {
    fc.assert(
      fc.property(place, column, fc.string({ unit: 'binary' }), (index, name, text) => {
        const link = at(index);
        fc.pre(link.columns[name] !== text);
        const broken = walk(replaced(index, { ...link, columns: { ...link.columns, [name]: text } }));
        expect(broken).not.toBeNull();
        // Where the version itself was changed, the hole or the odd number is what shows.
        if (name !== 'version') expect(broken).toEqual({ version: index + 1, kind: 'changed' });
      }),
      { numRuns: 1_000 },
    );
  });

  test('every single flipped bit of every stored text (A4)', () => {
    for (const [index, link] of CHAIN.entries()) {
      for (const name of EVENT_COLUMNS) {
        const text = link.columns[name];
        for (let character = 0; character < text.length; character += 1) {
          const code = text.charCodeAt(character) ^ 1;
          const flipped = text.slice(0, character) + String.fromCharCode(code) + text.slice(character + 1);
          const broken = walk(replaced(index, { ...link, columns: { ...link.columns, [name]: flipped } }));
          expect(broken, `${name} of ${index + 1}`).not.toBeNull();
        }
      }
    }
  });

  test('text moved from one column into the next (A4)', () => {
    const link = at(1);
    const moved = { ...link.columns, http_method: '', path: `${link.columns.http_method}","${link.columns.path}` };
    expect(walk(replaced(1, { ...link, columns: moved }))).toEqual({ version: 2, kind: 'changed' });
  });

  test.each(['previousHash', 'recordDigest', 'hash'] as const)('another %s (A4)', (name) => {
    for (let index = 0; index < CHAIN.length; index += 1) {
      const link = at(index);
      const broken = walk(replaced(index, { ...link, [name]: sha256('other') }));
      expect(broken).toEqual({ version: index + 1, kind: 'changed' });
    }
  });

  test('a version that reads as the same number is still another text (A4)', () => {
    for (const version of ['2.0', ' 2', '0x2', '2e0', '02']) {
      const link = at(1);
      expect(walk(replaced(1, { ...link, columns: { ...link.columns, version } }))).toEqual({
        version: 2,
        kind: 'changed',
      });
    }
  });

  test('a version that is no number is located where it stands (A4)', () => {
    for (const version of ['x', 'NaN', '2.5', '-', 'Infinity', '9007199254740993']) {
      const link = at(1);
      const broken = walk(replaced(1, { ...link, columns: { ...link.columns, version } }));
      expect(broken?.version).toBe(2);
    }
  });

  test.each([0, 1, 2, 3, 4])('the missing event after %i others (A4)', (index) => {
    expect(walk(CHAIN.toSpliced(index, 1))).toEqual({ version: index + 1, kind: 'missing' });
  });

  test.each([0, 1, 2, 3, 4])('the doubled event number %i (A4)', (index) => {
    expect(walk(CHAIN.toSpliced(index, 0, at(index)))).toEqual({ version: index + 1, kind: 'out-of-order' });
  });

  test.each([0, 1, 2, 3])('two swapped events from number %i on (A4)', (index) => {
    expect(walk(CHAIN.toSpliced(index, 2, at(index + 1), at(index)))).toEqual({ version: index + 1, kind: 'missing' });
  });

  test('two swapped events that were renumbered (A4)', () => {
    const renumber = (link: StoredLink, version: string) => ({ ...link, columns: { ...link.columns, version } });
    const swapped = CHAIN.toSpliced(1, 2, renumber(at(2), '2'), renumber(at(1), '3'));
    expect(walk(swapped)).toEqual({ version: 2, kind: 'changed' });
  });

  /** Puts a link in place of another with all its hashes made right, as somebody without the signing key can. */
  const rehashed = (link: StoredLink, previousHash: string): StoredLink => {
    const digests = { eventDigest: eventDigest(link.columns, sha256), recordDigest: link.recordDigest };
    return { ...link, previousHash, hash: chainLink(previousHash, digests, sha256).hash };
  };

  test('a changed event with a right hash of its own breaks the link after it (A4)', () => {
    const changed = rehashed(
      { ...at(1), columns: { ...at(1).columns, actor: '{"kind":"unknown"}' } },
      at(1).previousHash,
    );
    expect(walk(replaced(1, changed))).toEqual({ version: 3, kind: 'unlinked' });
  });

  test('a tail rebuilt from a changed event on ends in another head than the signed one (A4)', () => {
    let previousHash = at(0).hash;
    const rebuilt = CHAIN.slice(1).map((link, index) => {
      const columns = index === 0 ? { ...link.columns, result: 'refused' } : link.columns;
      const made = rehashed({ ...link, columns }, previousHash);
      previousHash = made.hash;
      return made;
    });
    expect(walk([at(0), ...rebuilt])).not.toBeNull();
    expect(previousHash).not.toBe(vectors.head.hash);
  });

  test('an event that was put in, numbers moved on (A4)', () => {
    const forged = rehashed({ ...at(1), columns: { ...at(1).columns, id: 'evt_forged' } }, at(0).hash);
    const later = CHAIN.slice(1).map((link) => ({
      ...link,
      columns: { ...link.columns, version: String(Number(link.columns.version) + 1) },
    }));
    expect(walk([at(0), forged, ...later])).toEqual({ version: 3, kind: 'changed' });
  });

  test('a chain of another installation (A4)', () => {
    const foreign = rehashed(at(0), sha256('elsewhere'));
    expect(walk(replaced(0, foreign))).toEqual({ version: 1, kind: 'unlinked' });
  });
});

test('the digest of an event depends on every column and on nothing else (A4)', () => {
  const columns = at(2).columns;
  const reversed = Object.fromEntries(Object.entries(columns).toReversed()) as EventColumns;
  expect(eventDigest(reversed, sha256)).toBe(eventDigest(columns, sha256));
  expect(new Set(EVENT_COLUMNS).size).toBe(Object.keys(columns).length);
});
