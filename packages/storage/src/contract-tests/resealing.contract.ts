import { describe, expect, test } from 'vitest';
import { SEALED_KINDS, type SealedThing } from '../sealing-store.ts';
import { changed, createKey, type DatabaseOpener, type Fixture, withFixture } from './database.ts';
import { contextOf, newInternalKey } from './installation.ts';

/** Everything that does not stand under key 2, one row at a time. */
async function underOthers({ store }: Fixture): Promise<readonly SealedThing[]> {
  const found: SealedThing[] = [];
  for (const kind of SEALED_KINDS) {
    for (let after: string | null = null; ; ) {
      const [thing]: readonly SealedThing[] = await store.sealedThings.underOthers(2, { kind, after }, 1);
      if (thing === undefined) break;
      found.push(thing);
      after = thing.id;
    }
  }
  return found;
}

const sealedAnew = (before: SealedThing): { before: SealedThing; after: SealedThing } =>
  'seal' in before ? { before, after: { ...before, seal: '2:x' } } : { before, after: { ...before, secret: '2:x' } };

/** What a replacement of the sealing key goes through. */
export function resealingContract(opener: DatabaseOpener): void {
  describe('sealing anew', () => {
    test('every sealed row is found once, with what its seal covers, and no more once it is written (K7)', () =>
      withFixture(opener, async (fixture) => {
        const keys = [await createKey(fixture), await createKey(fixture), await createKey(fixture)];
        const { key, secret } = newInternalKey(fixture.on);
        await changed(fixture.store, contextOf(null), (change) => change.internalKeys.create(key, secret));
        const found = await underOthers(fixture);
        const ids = found.map((thing) => ('seal' in thing ? thing.row.keyId : ''));
        expect(ids.toSorted()).toEqual([key.id, ...keys.map(({ id }) => id)].toSorted());
        for (const thing of found) {
          if ('seal' in thing) expect(fixture.on.deps.isSealed(thing.row, thing.seal)).toBe(true);
        }
        await fixture.store.sealedThings.write(found.slice(1).map(sealedAnew));
        expect(await underOthers(fixture)).toEqual(found.slice(0, 1));
      }));

    test('a row that was changed since it was read is not written over (K7)', () =>
      withFixture(opener, async (fixture) => {
        await createKey(fixture);
        const [thing] = await underOthers(fixture);
        if (thing === undefined) throw new Error('nothing is sealed');
        await fixture.database.execute("update key_secrets set seal = '1:changed'");
        await fixture.store.sealedThings.write([sealedAnew(thing)]);
        expect(await fixture.database.execute('select seal from key_secrets')).toEqual([{ seal: '1:changed' }]);
      }));

    test('a replacement and its end are said once, whoever else says them too (K7, A1)', () =>
      withFixture(opener, async ({ store }) => {
        await store.keepSealingCheck('1:check');
        const to = { number: 2, check: '2:check' };
        const replaced = await changed(store, contextOf(null), (change) => change.sealing.replace(to));
        expect([replaced.value, await store.sealingCheck()]).toEqual(['replaced', '2:check']);
        const again = await changed(store, contextOf(null), (change) => change.sealing.replace(to));
        expect([again.value, again.version]).toEqual(['already-so', null]);
        expect(await store.sealedThings.resealedUnder()).toBeNull();
        const finished = await changed(store, contextOf(null), (change) => change.sealing.finish(2, 0));
        expect([finished.value, await store.sealedThings.resealedUnder()]).toEqual(['finished', 2]);
        const twice = await changed(store, contextOf(null), (change) => change.sealing.finish(2, 0));
        expect([twice.value, twice.version]).toEqual(['already-so', null]);
      }));
  });
}
