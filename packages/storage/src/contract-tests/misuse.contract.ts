import { describe, expect, test } from 'vitest';
import { changed, type DatabaseOpener, withFixture } from './database.ts';
import { contextOf } from './installation.ts';

/** Mistakes of callers that would otherwise wait for ever. */
export function misuseContract(opener: DatabaseOpener): void {
  describe('asking the store from inside itself', () => {
    test('is a fault that says so, not a wait without an end', () =>
      withFixture(opener, async ({ store, account }) => {
        const context = contextOf(account.id);
        const inside = [
          () => store.read(async () => store.read(async () => null)),
          () => store.read(async () => changed(store, context, async () => null)),
          () => store.read(async () => store.feed.tail({ epoch: 1, n: 0, hash: '' }, 1)),
          () => changed(store, context, async () => store.head()),
          () => changed(store, context, async () => changed(store, context, async () => null)),
          () => changed(store, context, async () => store.flush({ uses: [], storable: context.now })),
        ];
        for (const ask of inside) await expect(ask()).rejects.toThrow(/inside a read or a change/);
        expect((await store.head()).n).toBe(2);
      }));
  });
}
