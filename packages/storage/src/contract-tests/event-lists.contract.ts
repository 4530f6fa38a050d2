import { eventDigest, plusMs } from '@claviger/core';
import { describe, expect, test } from 'vitest';
import type { EventFilter } from '../event-store.ts';
import { changed, createKey, createUser, type DatabaseOpener, type Fixture, withFixture } from './database.ts';
import { contextOf, newAccount, NOW, ORIGIN } from './installation.ts';
import { allPages } from './paging.ts';

async function eventNames(fixture: Fixture, filter: Partial<EventFilter>): Promise<readonly string[]> {
  const whole = { accountId: fixture.account.id, visibleTo: null, ...filter };
  const events = await allPages((page) => fixture.store.read((reader) => reader.events.list(whole, page)), 2);
  expect(await namesInOrder(fixture, whole)).toEqual(events.map((event) => event.name).toReversed());
  return events.map((event) => event.name);
}

/** The same events as a download reads them: oldest first, two at a time. */
async function namesInOrder({ store }: Fixture, filter: EventFilter): Promise<readonly string[]> {
  const { n: upTo } = await store.head();
  const names: string[] = [];
  for (let after = 0; ; ) {
    const stretch = { after, upTo, limit: 2 };
    const found = await store.read((reader) => reader.events.inOrder(filter, stretch));
    names.push(...found.map(({ event }) => event.name));
    const last = found.at(-1);
    if (last === undefined) return names;
    after = last.event.version;
  }
}

/** The audit log as a list. */
export function eventListContract(opener: DatabaseOpener): void {
  describe('lists of events', () => {
    test('events are filtered by name, actor, resource, key, result and time, and by whom they are about (A5)', () =>
      withFixture(opener, async (fixture) => {
        const { store, account, owner } = fixture;
        const ann = await createUser(fixture);
        const key = await createKey(fixture, { ownerId: ann.id });
        const later = plusMs(NOW, 1_000);
        const actor = { kind: 'user', userId: owner.id, sessionId: null, keyId: key.id } as const;
        const context = contextOf(account.id, { now: later, origin: { ...ORIGIN, actor } });
        await changed(store, context, async (change) => {
          await change.users.disable(ann);
          const refused = {
            affectedUserId: null,
            resourceId: null,
            keyKind: null,
            changes: [],
            result: 'refused',
          } as const;
          change.record({ name: 'access.denied', ...refused });
        });
        const all = [
          'access.denied',
          'user.disabled',
          'key.created',
          'user.created',
          'user.created',
          'account.created',
        ];
        expect(await eventNames(fixture, {})).toEqual(all);
        expect(await eventNames(fixture, { eventName: 'user.created' })).toEqual(['user.created', 'user.created']);
        expect(await eventNames(fixture, { actorId: owner.id })).toEqual(['access.denied', 'user.disabled']);
        expect(await eventNames(fixture, { actorId: 'contract-test' })).toEqual(all.slice(2));
        expect(await eventNames(fixture, { resourceId: ann.id })).toEqual(['user.disabled', 'user.created']);
        expect(await eventNames(fixture, { keyId: key.id })).toEqual(['access.denied', 'user.disabled', 'key.created']);
        expect(await eventNames(fixture, { result: 'refused' })).toEqual(['access.denied']);
        expect(await eventNames(fixture, { from: later })).toEqual(all.slice(0, 2));
        expect(await eventNames(fixture, { to: later })).toEqual(all.slice(2));
        expect(await eventNames(fixture, { visibleTo: ann.id })).toEqual([
          'user.disabled',
          'key.created',
          'user.created',
        ]);
        expect(await eventNames(fixture, { visibleTo: ann.id, actorId: owner.id })).toEqual(['user.disabled']);
      }));

    test('a stretch of links holds every version of whatever account, and events bring the texts that they are proven by (A4, A5)', () =>
      withFixture(opener, async (fixture) => {
        const { store, account, on } = fixture;
        await createKey(fixture);
        await changed(store, contextOf(null), (change) => change.accounts.create(newAccount(on)));
        const { n: upTo, hash } = await store.head();
        const links = await store.read((reader) => reader.events.links({ after: 1, upTo, limit: 10 }));
        expect(links.map((link) => link.version)).toEqual([2, 3, 4]);
        expect(links.at(-1)?.hash).toBe(hash);
        const filter = { accountId: account.id, visibleTo: null };
        const events = await store.read((reader) => reader.events.inOrder(filter, { after: 1, upTo, limit: 10 }));
        for (const [index, { columns, link, event }] of events.entries()) {
          expect({ version: event.version, ...link }).toEqual(links[index]);
          expect(eventDigest(columns, on.deps.sha256)).toBe(link.eventDigest);
        }
        expect(events.map(({ event }) => event.name)).toEqual(['user.created', 'key.created']);
      }));

    test('a span of time is read in pages that neither miss nor double, also within one millisecond (A5)', () =>
      withFixture(opener, async (fixture) => {
        const { store, account } = fixture;
        for (const ms of [0, 5, 5, 5, 5, 9, 9]) {
          const context = contextOf(account.id, { now: plusMs(NOW, ms) });
          const draft = {
            affectedUserId: null,
            resourceId: null,
            keyKind: null,
            changes: [],
            result: 'refused',
          } as const;
          await changed(store, context, async (change) => change.record({ name: `at.${ms}`, ...draft }));
        }
        const span = { accountId: account.id, visibleTo: null, from: plusMs(NOW, 5), to: plusMs(NOW, 9) };
        for (const limit of [1, 2, 3, 4, 5]) {
          for (const filter of [span, { ...span, result: 'refused' }, { ...span, eventName: 'at.5' }] as const) {
            const events = await allPages((page) => store.read((reader) => reader.events.list(filter, page)), limit);
            expect(events.map((event) => event.version)).toEqual([7, 6, 5, 4]);
          }
        }
        // Cursors of other lists, and of other orders, read well and lead nowhere.
        for (const text of ['999999999999999.1', '5.key_abc']) {
          const page = { cursor: Buffer.from(text).toString('base64url'), limit: 1 };
          await expect(store.read((reader) => reader.events.list(span, page))).rejects.toMatchObject({
            kind: 'bad-cursor',
          });
        }
      }));
  });
}
