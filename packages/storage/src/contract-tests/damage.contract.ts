import { ok } from '@claviger/core';
import { describe, expect, test } from 'vitest';
import { changed, createKey, type DatabaseOpener, withFixture } from './database.ts';
import { contextOf, newInstallation, newKey } from './installation.ts';

/** Databases that somebody has been at, or that are another program's. */
export function damageContract(opener: DatabaseOpener): void {
  describe('what somebody else did to the database', () => {
    test('a head that is not signed by us is an alarm for changes and readers alike (A4)', () =>
      withFixture(opener, async ({ on, database, store, account, owner }) => {
        await database.execute(`update feed_head set hash = '${'ab'.repeat(32)}'`);
        const fault = { name: 'StoreFault', kind: 'damaged' };
        const change = store.change(contextOf(account.id), async (inside) =>
          ok(await inside.keys.create(newKey(on, owner))),
        );
        await expect(change).rejects.toMatchObject(fault);
        await expect(store.head()).rejects.toMatchObject(fault);
        await expect(store.feed.tail({ epoch: 1, n: 0, hash: '0'.repeat(64) }, 1)).rejects.toMatchObject(fault);
        await expect(store.feed.snapshot()[Symbol.asyncIterator]().next()).rejects.toMatchObject(fault);
      }));

    const damages: readonly (readonly [string, string])[] = [
      ['a head with another hash', `update feed_head set hash = '${'ab'.repeat(32)}'`],
      ['a head that was set back', 'update feed_head set version = version - 1'],
      ['a head without a signature', "update feed_head set signature = ''"],
    ];
    for (const [what, statement] of damages) {
      test(`${what} is refused at the start, with what to do (A4)`, () =>
        withFixture(opener, async ({ on, database, store }) => {
          await store.close();
          await database.execute(statement);
          await expect(database.open(on.deps)).rejects.toMatchObject({
            name: 'StartRefusal',
            message: expect.stringMatching(/claviger audit verify/),
          });
        }));
    }

    test('another signing key is refused at the start (A4)', () =>
      withFixture(opener, async ({ database, store }) => {
        await store.close();
        await expect(database.open(newInstallation().deps)).rejects.toThrow(
          /not signed by this installation's signing key/,
        );
      }));

    test('a database that a newer program has changed is refused as too new', () =>
      withFixture(opener, async ({ on, database, store }) => {
        await store.close();
        await database.execute("insert into claviger_migrations (name, timestamp) values ('9999_from_the_future', '')");
        await expect(database.open(on.deps)).rejects.toMatchObject({
          name: 'StartRefusal',
          message: expect.stringMatching(/too new .*9999_from_the_future/),
        });
      }));

    test('a database with tables of another program is left alone', async () => {
      const database = await opener();
      try {
        await database.execute('create table accounts (id integer)');
        await expect(database.open(newInstallation().deps)).rejects.toMatchObject({ name: 'StartRefusal' });
      } finally {
        await database.dispose();
      }
    });

    test('a store that was closed opens again where it was', () =>
      withFixture(opener, async (fixture) => {
        const key = await createKey(fixture);
        const head = await fixture.store.head();
        await fixture.store.keepSealingCheck('1:check');
        await fixture.store.close();
        const again = await fixture.database.open(fixture.on.deps);
        expect(await again.head()).toEqual(head);
        expect(await again.sealingCheck()).toBe('1:check');
        expect(await again.isReachable()).toBe(true);
        expect((await again.read((reader) => reader.keys.find(fixture.account.id, key.id)))?.id).toBe(key.id);
        await changed(again, contextOf(fixture.account.id), (change) => change.keys.delete(key));
        await again.close();
      }));
  });
}
