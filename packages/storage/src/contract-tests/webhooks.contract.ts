import { type Instant, instant, newWebhookId, plusMs, type WebhookId } from '@claviger/core';
import { describe, expect, test } from 'vitest';
import type { NewWebhook, Webhook } from '../entities.ts';
import { changed, createKey, type DatabaseOpener, type Fixture, withFixture } from './database.ts';
import { contextOf, newAccount, NOW } from './installation.ts';

const LEASE = { leaseId: 'a', now: NOW, until: plusMs(NOW, 1_000) };
const FAILURE = { at: NOW, status: 500, reason: 'status' };

async function createWebhook(fixture: Fixture, rest: Partial<NewWebhook> = {}): Promise<Webhook> {
  const { on, store, account } = fixture;
  const webhook: NewWebhook = {
    id: newWebhookId(on.randomBytes),
    accountId: account.id,
    url: 'https://hooks.example/claviger?x=1',
    eventNames: ['key.*'],
    description: 'SIEM',
    secret: '1:encrypted',
    createdAt: NOW,
    disabledAt: null,
    ...rest,
  };
  return (await changed(store, contextOf(account.id), (change) => change.webhooks.create(webhook))).value;
}

const find = ({ store, account }: Fixture, id: WebhookId): Promise<Webhook | null> =>
  store.read((reader) => reader.webhooks.find(account.id, id));

const waiting = async ({ store }: Fixture, now: Instant = NOW): Promise<readonly string[]> =>
  (await store.read((reader) => reader.webhooks.waiting(now, 10))).map(({ webhook }) => webhook.id);

async function eventsFor({ store }: Fixture, webhook: Webhook, after: number): Promise<readonly string[]> {
  const events = await store.read((reader) => reader.webhooks.eventsFor(webhook, after, 10));
  return events.map((event) => event.name);
}

/** Webhooks, and who serves them. */
export function webhookContract(opener: DatabaseOpener): void {
  describe('webhooks', () => {
    test('a webhook comes back as it was made, in its own account only, and is listed newest first (R8, T1)', () =>
      withFixture(opener, async (fixture) => {
        const { on, store, account } = fixture;
        const first = await createWebhook(fixture);
        const off = { createdAt: plusMs(NOW, 1), description: null, disabledAt: NOW };
        const second = await createWebhook(fixture, off);
        expect(second.disabledReason).toBe('request');
        await store.read(async (reader) => {
          expect(await reader.webhooks.find(account.id, first.id)).toEqual(first);
          expect(await reader.webhooks.list(account.id)).toEqual([second, first]);
          expect(await reader.webhooks.find(newAccount(on).id, first.id)).toBeNull();
        });
        await changed(store, contextOf(account.id), (change) => change.webhooks.delete(first));
        expect(await find(fixture, first.id)).toBeNull();
        const names = (await store.read((r) => r.events.list({ accountId: account.id, visibleTo: null }, PAGE))).items;
        const made = names.filter(({ resourceId }) => resourceId === first.id);
        expect(made.map((event) => event.name)).toEqual(['webhook.deleted', 'webhook.created']);
        expect(JSON.stringify(made)).not.toContain('encrypted');
      }));

    test('its events are those it asks for, after its place, in order; tests are its own (R8)', () =>
      withFixture(opener, async (fixture) => {
        const { store, account } = fixture;
        await createKey(fixture);
        const every = await createWebhook(fixture);
        const few = await createWebhook(fixture, { eventNames: ['key.disabled', 'key.deleted'] });
        const key = await createKey(fixture);
        await changed(store, contextOf(account.id), async (change) => {
          await change.keys.disable(key, 'request');
          await change.webhooks.test(few);
        });
        await changed(store, contextOf(account.id), (change) => change.keys.delete(key));
        const place = every.delivery.position;
        expect(await eventsFor(fixture, every, place)).toEqual(['key.created', 'key.disabled', 'key.deleted']);
        expect(await eventsFor(fixture, few, place)).toEqual(['key.disabled', 'webhook.tested', 'key.deleted']);
        const [first] = await store.read((reader) => reader.webhooks.eventsFor(every, place, 1));
        expect(await eventsFor(fixture, every, first?.version ?? 0)).toEqual(['key.disabled', 'key.deleted']);
      }));

    test('a webhook waits when something happened, it is due, enabled, and nobody has it (R8)', () =>
      withFixture(opener, async (fixture) => {
        const { store, account } = fixture;
        const webhook = await createWebhook(fixture);
        await createWebhook(fixture, { disabledAt: NOW });
        const later = await createWebhook(fixture, { createdAt: plusMs(NOW, 1) });
        await createKey(fixture);
        expect(await waiting(fixture)).toEqual([webhook.id]);
        expect(await waiting(fixture, plusMs(NOW, 1))).toEqual([webhook.id, later.id]);
        expect(await store.webhookQueue.lease(webhook.id, LEASE)).toBe(true);
        expect(await store.webhookQueue.lease(webhook.id, { ...LEASE, leaseId: 'b' })).toBe(false);
        expect(await waiting(fixture)).toEqual([]);
        // A lease is over at its very end, and can be taken over then.
        expect(await waiting(fixture, instant(LEASE.until - 1))).toEqual([later.id]);
        expect(await waiting(fixture, LEASE.until)).toEqual([webhook.id, later.id]);
        const takeOver = { leaseId: 'b', now: LEASE.until, until: plusMs(LEASE.until, 1_000) };
        expect(await store.webhookQueue.lease(webhook.id, takeOver)).toBe(true);
        await store.read(async (reader) => {
          expect(await reader.webhooks.findLeased(webhook.id, 'a')).toBeNull();
          expect((await reader.webhooks.findLeased(webhook.id, 'b'))?.id).toBe(webhook.id);
        });
        await store.webhookQueue.releaseAll();
        expect(await waiting(fixture)).toEqual([webhook.id]);
        expect(await store.webhookQueue.lease(webhook.id, takeOver)).toBe(true);
        await changed(store, contextOf(account.id), (change) => change.webhooks.disable(webhook));
        expect(await store.read((reader) => reader.webhooks.findLeased(webhook.id, 'b'))).toBeNull();
        expect(await waiting(fixture, takeOver.until)).toEqual([later.id]);
      }));

    test('only the holder of the lease notes what became of an attempt, and no version is taken for it (R8)', () =>
      withFixture(opener, async (fixture) => {
        const { store } = fixture;
        const { id, delivery } = await createWebhook(fixture);
        await createKey(fixture);
        await store.webhookQueue.lease(id, LEASE);
        const { n: before } = await store.head();
        const failed = { kind: 'failed', failure: FAILURE, dueAt: plusMs(NOW, 5), pendingSince: NOW } as const;
        expect(await store.webhookQueue.settle(id, 'b', failed)).toBe(false);
        expect(await store.webhookQueue.settle(id, 'a', failed)).toBe(true);
        expect((await find(fixture, id))?.delivery).toEqual({
          ...delivery,
          attempts: 1,
          dueAt: plusMs(NOW, 5),
          pendingSince: NOW,
          lastFailure: FAILURE,
        });
        expect(await store.webhookQueue.lease(id, LEASE)).toBe(false);
        const again = { ...LEASE, now: plusMs(NOW, 5) };
        expect(await store.webhookQueue.lease(id, again)).toBe(true);
        const position = delivery.position + 2;
        const delivered = { kind: 'delivered', position, at: again.now, leasedUntil: again.until } as const;
        expect(await store.webhookQueue.settle(id, 'a', delivered)).toBe(true);
        expect(await store.webhookQueue.settle(id, 'a', { kind: 'nothing-to-send', position: 1 })).toBe(true);
        expect((await find(fixture, id))?.delivery).toEqual({
          position,
          attempts: 0,
          dueAt: again.now,
          pendingSince: null,
          lastSuccessAt: again.now,
          lastFailure: FAILURE,
        });
        expect(await store.webhookQueue.settle(id, 'a', delivered)).toBe(false);
        expect((await store.head()).n).toBe(before);
      }));

    test('giving up needs the lease, and is an event; enabling goes on where it stopped (R8)', () =>
      withFixture(opener, async (fixture) => {
        const { store, account } = fixture;
        const webhook = await createWebhook(fixture);
        await createKey(fixture);
        await store.webhookQueue.lease(webhook.id, LEASE);
        const giveUp = (leaseId: string, reason: 'failures' | 'gone') =>
          changed(store, contextOf(account.id), (change) =>
            change.webhooks.giveUp(webhook, { leaseId, reason, failure: FAILURE }),
          );
        expect(await giveUp('b', 'failures')).toMatchObject({ value: 'lease-lost', version: null });
        expect((await giveUp('a', 'failures')).value).toBe('disabled');
        expect(await find(fixture, webhook.id)).toMatchObject({ disabledAt: NOW, disabledReason: 'failures' });
        const enable = () => changed(store, contextOf(account.id), (change) => change.webhooks.enable(webhook));
        expect([(await enable()).value, (await enable()).value]).toEqual(['enabled', 'not-disabled']);
        expect((await find(fixture, webhook.id))?.delivery).toMatchObject({
          position: webhook.delivery.position,
          attempts: 0,
          lastFailure: FAILURE,
        });
        await store.webhookQueue.lease(webhook.id, LEASE);
        await giveUp('a', 'gone');
        await enable();
        const { delivery } = (await find(fixture, webhook.id)) ?? webhook;
        expect(await eventsFor(fixture, webhook, delivery.position)).toEqual([]);
      }));

    test('another URL begins anew and takes the lease away; other names forget what nobody asked for (R8)', () =>
      withFixture(opener, async (fixture) => {
        const { store, account } = fixture;
        const webhook = await createWebhook(fixture, { eventNames: ['key.deleted'] });
        await createKey(fixture);
        await store.webhookQueue.lease(webhook.id, LEASE);
        const edit = (to: Partial<Pick<Webhook, 'url' | 'eventNames' | 'description'>>) =>
          changed(store, contextOf(account.id), (change) => change.webhooks.edit(webhook, to));
        await edit({ description: null });
        expect((await store.read((reader) => reader.webhooks.findLeased(webhook.id, 'a')))?.description).toBeNull();
        await edit({ url: 'https://elsewhere.example/' });
        expect(await store.read((reader) => reader.webhooks.findLeased(webhook.id, 'a'))).toBeNull();
        await edit({ eventNames: ['key.*'] });
        const edited = (await find(fixture, webhook.id)) ?? webhook;
        expect(await eventsFor(fixture, edited, edited.delivery.position)).toEqual([]);
        await createKey(fixture);
        expect(await eventsFor(fixture, edited, edited.delivery.position)).toEqual(['key.created']);
        await edit({ eventNames: ['key.created'] });
        const again = (await find(fixture, webhook.id)) ?? webhook;
        expect(await eventsFor(fixture, again, again.delivery.position)).toEqual(['key.created']);
        expect((await edit({ eventNames: ['key.created'] })).version).toBeNull();
      }));

    test('a rotation keeps the secret before it until its end, and no event holds either (R8, A3)', () =>
      withFixture(opener, async (fixture) => {
        const { store, account } = fixture;
        const webhook = await createWebhook(fixture);
        const to = { secret: '1:second', previousEndsAt: plusMs(NOW, 1_000) };
        const { value } = await changed(store, contextOf(account.id), (change) =>
          change.webhooks.rotateSecret(webhook, to),
        );
        const previousSecret = { secret: '1:encrypted', endsAt: to.previousEndsAt };
        expect(value).toMatchObject({ secret: '1:second', previousSecret });
        expect(await find(fixture, webhook.id)).toEqual(value);
        const events = await store.read((r) => r.events.list({ accountId: account.id, visibleTo: null }, PAGE));
        expect(events.items[0]?.name).toBe('webhook.secret_rotated');
        expect(JSON.stringify(events.items)).not.toMatch(/1:second|1:encrypted/);
      }));
  });
}

const PAGE = { cursor: null, limit: 100 };
