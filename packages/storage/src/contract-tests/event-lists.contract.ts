import { plusMs } from '@claviger/core';
import { describe, expect, test } from 'vitest';
import type { EventFilter } from '../store.ts';
import { changed, createKey, createUser, type DatabaseOpener, type Fixture, withFixture } from './database.ts';
import { contextOf, NOW, ORIGIN } from './installation.ts';
import { allPages } from './paging.ts';

async function eventNames(fixture: Fixture, filter: Partial<EventFilter>): Promise<readonly string[]> {
  const whole = { accountId: fixture.account.id, visibleTo: null, ...filter };
  const events = await allPages((page) => fixture.store.read((reader) => reader.events.list(whole, page)), 2);
  return events.map((event) => event.name);
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
