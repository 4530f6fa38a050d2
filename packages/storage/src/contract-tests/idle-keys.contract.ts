import { DAY_MS, type IdleRule, idleStep, plusMs } from '@claviger/core';
import { describe, expect, test } from 'vitest';
import type { Key } from '../entities.ts';
import { changed, createKey, createUser, type DatabaseOpener, type Fixture, readKey, withFixture } from './database.ts';
import { contextOf, inDays, NOW } from './installation.ts';

const RULE: IdleRule = { days: 30, action: 'report' };

/** Sets a rule as of an instant, and answers with the account as it is then. */
async function withRule({ store, account }: Fixture, idleRule: IdleRule | null, now = inDays(-100)) {
  const context = contextOf(account.id, { now, storable: now });
  await changed(store, context, (change) => change.accounts.changeSettings(account, { idleRule }));
  return { ...account, idleRule };
}

/** Keys with every mixture of a few values, written past all rules. */
async function mixedKeys(fixture: Fixture): Promise<readonly Key[]> {
  const others = [null, NOW - 30 * DAY_MS + 1, NOW - 30 * DAY_MS, NOW - 60 * DAY_MS];
  const at = (index: number): number | null => others[index % others.length] ?? null;
  const keys: Key[] = [];
  for (let row = 0; row < 64; row += 1) {
    const { id } = await createKey(fixture, {
      createdAt: inDays(at(row) === null && row % 3 === 0 ? -29 : -90),
      expiresAt: null,
    });
    const values = {
      last_used_at: at(row),
      enabled_at: at(row >> 1),
      rotated_at: at(row >> 2),
      idle_reported_at: at(row >> 3),
    };
    const set = Object.entries(values).map(([column, value]) => `${column} = ${value}`);
    if (values.rotated_at !== null) set.push(`previous_ends_at = ${values.rotated_at}`);
    if (row % 7 === 1) set.push(`expires_at = ${NOW + (row % 2)}`);
    if (row % 11 === 1) set.push(`disabled_at = ${NOW - DAY_MS}, disabled_reason = 'request'`);
    await fixture.database.execute(`update keys set ${set.join(', ')} where id = '${id}'`);
    keys.push(await readKey(fixture, id));
  }
  return keys;
}

/** Keys that nobody uses. */
export function idleKeyContract(opener: DatabaseOpener): void {
  describe('idle keys', () => {
    test.each([
      { ...RULE, since: inDays(-100) },
      { days: 30, action: 'disable', since: inDays(-7) },
      { days: 30, action: 'disable', since: plusMs(inDays(-7), 1) },
      { days: 365, action: 'disable', since: inDays(-400) },
    ] as const)('a rule of $days days to $action finds exactly the keys that it has work with (E14)', (rule) =>
      withFixture(opener, async (fixture) => {
        const keys = await mixedKeys(fixture);
        const { store, account } = fixture;
        const due = await store.read((reader) => reader.idleKeys.due({ account, rule, now: NOW }, 100));
        const expected = keys.filter((key) => idleStep(key, rule, NOW) !== 'nothing').map(({ id }) => id);
        expect(due.map(({ id }) => id).toSorted()).toEqual(expected.toSorted());
        if (rule.days === 30) expect(expected.length).toBeGreaterThan(3);
        const some = await store.read((reader) => reader.idleKeys.due({ account, rule, now: NOW }, 2));
        expect(some).toEqual(due.slice(0, 2));
      }),
    );

    test('keys of disabled users and of other accounts are left alone (E14, U5, T1)', () =>
      withFixture(opener, async (fixture) => {
        const { store, account } = fixture;
        const owner = await createUser(fixture);
        const key = await createKey(fixture, { ownerId: owner.id, createdAt: inDays(-90) });
        const ask = { rule: { ...RULE, since: inDays(-100) }, now: NOW };
        const dueIn = async (of: Pick<typeof account, 'id'>) =>
          (await store.read((reader) => reader.idleKeys.due({ ...ask, account: of }, 9))).map(({ id }) => id);
        expect(await dueIn(account)).toEqual([key.id]);
        expect(await dueIn({ id: 'acc_AAAAAAAAAAAAAAAAAAAA' as typeof account.id })).toEqual([]);
        await changed(store, contextOf(account.id), (change) => change.users.disable(owner));
        expect(await dueIn(account)).toEqual([]);
      }));

    test('a report is an event, is kept on the key, and is over when somebody cares for the key (E14)', () =>
      withFixture(opener, async (fixture) => {
        const { store, account } = fixture;
        const key = await createKey(fixture, { createdAt: inDays(-90) });
        const context = contextOf(account.id);
        const committed = await changed(store, context, (change) => change.idleKeys.report(key));
        expect(committed.entries).toHaveLength(1);
        expect(await readKey(fixture, key.id)).toEqual({ ...key, idleReportedAt: NOW });
        const reported = () => store.read((reader) => reader.idleKeys.reported(account.id, inDays(-1), 9));
        expect(await reported()).toMatchObject({ count: 1, keys: [{ id: key.id }] });
        await store.flush({ uses: [{ keyId: key.id, at: plusMs(NOW, 1) }], storable: NOW });
        expect(await reported()).toEqual({ count: 0, keys: [] });
      }));

    test('keys that the rule disabled are listed until they are enabled, and enabling is kept (E14, X4)', () =>
      withFixture(opener, async (fixture) => {
        const { store, account } = fixture;
        const [idle, asked] = [await createKey(fixture), await createKey(fixture)];
        const context = contextOf(account.id);
        await changed(store, context, (change) => change.keys.disable(idle, 'idle'));
        await changed(store, context, (change) => change.keys.disable(asked, 'request'));
        const stopped = (after = inDays(-1)) => store.read((reader) => reader.idleKeys.stopped(account.id, after, 9));
        expect(await stopped()).toMatchObject({ count: 1, keys: [{ id: idle.id, disabledReason: 'idle' }] });
        expect((await stopped(NOW)).count).toBe(0);
        await changed(store, context, (change) => change.keys.enable(idle));
        expect((await stopped()).count).toBe(0);
        expect(await readKey(fixture, idle.id)).toMatchObject({ disabledAt: null, enabledAt: NOW });
      }));

    test('a rule is known with its last change; what was told stays told while there is one (E14)', () =>
      withFixture(opener, async (fixture) => {
        const { store, account } = fixture;
        const progress = () => store.read((reader) => reader.idleKeys.progress(account.id));
        expect([await progress(), await store.read((reader) => reader.idleKeys.accounts())]).toEqual([null, []]);
        await withRule(fixture, RULE, inDays(-9));
        await changed(store, contextOf(account.id), (change) => change.idleKeys.keepTold(account.id));
        expect(await progress()).toEqual({ since: inDays(-9), toldAt: NOW });
        expect(await store.read((reader) => reader.idleKeys.accounts())).toEqual([account.id]);
        const renamed = contextOf(account.id, { now: inDays(-8) });
        await changed(store, renamed, (change) => change.accounts.changeSettings(account, { name: 'Other' }));
        expect((await progress())?.since).toEqual(inDays(-9));
        await withRule(fixture, { days: 31, action: 'report' }, inDays(-7));
        expect(await progress()).toEqual({ since: inDays(-7), toldAt: NOW });
        await withRule(fixture, null);
        expect([await progress(), await store.read((reader) => reader.idleKeys.accounts())]).toEqual([null, []]);
      }));

    test('the Owner and the administrators of an account are found, but for disabled ones (U3)', () =>
      withFixture(opener, async (fixture) => {
        const { store, account } = fixture;
        const ada = await createUser(fixture, { userType: 'administrator' });
        const adam = await createUser(fixture, { userType: 'administrator' });
        await createUser(fixture);
        await changed(store, contextOf(account.id), (change) => change.users.disable(adam));
        const found = await store.read((reader) => reader.users.administrativeOf(account.id));
        expect(found.filter(({ userType }) => userType === 'administrator').map(({ id }) => id)).toEqual([ada.id]);
        expect(found.every(({ userType }) => userType !== 'restricted')).toBe(true);
      }));
  });
}
