import type { AllowlistEntry } from '@claviger/core';
import { describe, expect, test } from 'vitest';
import type { AllowlistRules } from '../ip-allowlist-store.ts';
import { changed, createUser, type DatabaseOpener, type Fixture, readUser, withFixture } from './database.ts';
import { GENESIS, readSnapshot, readTail, recordsOf } from './feed-reading.ts';
import { contextOf, newAccount, newUser, NOW } from './installation.ts';

const OFFICE: AllowlistEntry = { cidr: '203.0.113.0/24', scope: 'all', note: 'Büro "Ost" \\ 1' };
const CLUSTER: AllowlistEntry = { cidr: '2001:db8::/32', scope: 'api_key_only', note: null };
const BOTH: AllowlistRules = { mode: 'enforce', entries: [OFFICE, CLUSTER] };
const MONITOR: AllowlistRules = { mode: 'monitor', entries: [CLUSTER] };
const EMPTY: AllowlistRules = { mode: 'enforce', entries: [] };

const readAccount = ({ store, account }: Fixture) => store.read((reader) => reader.accounts.find(account.id));

/** The list in the last record of the feed. */
async function lastList({ store }: Fixture): Promise<unknown> {
  const record = recordsOf(await readTail(store, GENESIS)).at(-1);
  return record?.type === 'account' || record?.type === 'user' ? (record.ip_allowlist ?? null) : 'none of either';
}

/** IP allowlists of accounts and users. */
export function ipAllowlistContract(opener: DatabaseOpener): void {
  describe('IP allowlists', () => {
    test('a list comes along with its account or user as it was saved, and with no other (I1, T1)', () =>
      withFixture(opener, async (fixture) => {
        const { on, store, account, owner } = fixture;
        const rita = await createUser(fixture);
        const other = newAccount(on);
        const stranger = newUser(on, other.id, { userType: 'owner' });
        await changed(store, contextOf(null), async (change) => {
          await change.accounts.create(other);
          await change.users.create(stranger, null);
        });
        expect([(await readAccount(fixture))?.ipAllowlist, rita.ipAllowlist]).toEqual([null, null]);
        await changed(store, contextOf(account.id), async (change) => {
          await change.ipAllowlists.changeOfAccount(account, BOTH);
          await change.ipAllowlists.changeOfUser(rita, MONITOR);
        });
        expect((await readAccount(fixture))?.ipAllowlist).toEqual({ ...BOTH, changedAt: NOW });
        expect((await readUser(fixture, rita.id)).ipAllowlist).toEqual({ ...MONITOR, changedAt: NOW });
        expect((await readUser(fixture, owner.id)).ipAllowlist).toBeNull();
        await store.read(async ({ accounts, users }) => {
          expect((await accounts.find(other.id))?.ipAllowlist).toBeNull();
          expect((await users.find(other.id, stranger.id))?.ipAllowlist).toBeNull();
          expect((await users.ownerOf(account.id))?.ipAllowlist).toBeNull();
          const listed = await users.list(account.id, null, { cursor: null, limit: 10 });
          expect(listed.items.map(({ ipAllowlist }) => ipAllowlist?.mode ?? 'none').toSorted()).toEqual([
            'monitor',
            'none',
          ]);
        });
      }));

    test('each change is one event with the old and the new list, and none when nothing changes (I1, A1)', () =>
      withFixture(opener, async ({ store, account, owner }) => {
        const change = (to: AllowlistRules | null) =>
          changed(store, contextOf(account.id), (made) => made.ipAllowlists.changeOfUser(owner, to));
        expect((await change(BOTH)).version?.n).toBe(3);
        expect((await change(BOTH)).version).toBeNull();
        expect((await change({ ...BOTH, mode: 'monitor' })).version?.n).toBe(4);
        expect((await change(null)).version?.n).toBe(5);
        expect((await change(null)).version).toBeNull();
        const filter = { accountId: account.id, visibleTo: null, eventName: 'ip_allowlist.changed' };
        const { items } = await store.read((reader) => reader.events.list(filter, { cursor: null, limit: 10 }));
        expect(
          items.map(({ affectedUserId, changes }) => [affectedUserId, changes.map(({ attribute }) => attribute)]),
        ).toEqual([
          [owner.id, ['mode', 'entries']],
          [owner.id, ['mode']],
          [owner.id, ['mode', 'entries']],
        ]);
      }));

    test('verifiers are told of a list without its notes, and of one without entries nothing (I1, D1)', () =>
      withFixture(opener, async (fixture) => {
        const { store, account, owner } = fixture;
        const wire = { mode: 'enforce', entries: [OFFICE, CLUSTER].map(({ cidr, scope }) => ({ cidr, scope })) };
        const change = async (work: Parameters<typeof changed<void>>[2]): Promise<unknown> => {
          await changed(store, contextOf(account.id), work);
          return lastList(fixture);
        };
        expect(await change((made) => made.ipAllowlists.changeOfAccount(account, BOTH))).toEqual(wire);
        expect(await change((made) => made.ipAllowlists.changeOfUser(owner, BOTH))).toEqual(wire);
        // Whatever else changes, the record is the whole new state.
        expect(await change(async (made) => void (await made.users.disable(owner)))).toEqual(wire);
        const catalogue = account.catalogue.slice(1);
        expect(await change((made) => made.accounts.changeCatalogue(account, catalogue))).toEqual(wire);
        const { records } = await readSnapshot(store);
        const told = records.filter(({ type }) => type === 'account' || type === 'user');
        expect(told.map((record) => ('ip_allowlist' in record ? record.ip_allowlist : null))).toEqual([wire, wire]);
        expect(JSON.stringify(records)).not.toContain('Ost');
        expect(await change((made) => made.ipAllowlists.changeOfAccount(account, EMPTY))).toBeNull();
        expect((await readAccount(fixture))?.ipAllowlist).toEqual({ ...EMPTY, changedAt: NOW });
        expect(await change((made) => made.ipAllowlists.changeOfUser(owner, null))).toBeNull();
      }));

    test('a list that cannot be read is a fault, not the absence of one', () =>
      withFixture(opener, async (fixture) => {
        const { store, account, database } = fixture;
        await changed(store, contextOf(account.id), (made) => made.ipAllowlists.changeOfAccount(account, BOTH));
        await database.execute("update ip_allowlists set entries = '['");
        await expect(readAccount(fixture)).rejects.toThrow();
      }));
  });
}
