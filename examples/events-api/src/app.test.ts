import { afterEach, beforeEach, expect, test } from 'vitest';
import { createEventsApi } from './app.ts';
import { type EventStore, openEventStore } from './event-store.ts';

let store: EventStore;
beforeEach(() => {
  store = openEventStore(':memory:');
});
afterEach(() => store.close());

const url = '/v1/events/shop/orders';
const order = { name: 'order', time: '2026-11-23T09:00:00.000Z', properties: { total: 42 } };
const refund = { name: 'refund', time: '2026-11-23T10:00:00.000Z', properties: {} };

test('events that were ingested are found again, newest first', async () => {
  const app = createEventsApi({ store, guard: null });
  const ingested = await app.inject({ method: 'POST', url, payload: { events: [order, refund] } });
  expect([ingested.statusCode, ingested.json()]).toEqual([202, { accepted: 2 }]);
  expect((await app.inject({ url })).json()).toEqual({ events: [refund, order] });
});

test.each([
  ['name=order', [order]],
  ['from=2026-11-23T10:00:00.000Z', [refund]],
  ['to=2026-11-23T10:00:00.000Z', [order]],
  ['limit=1', [refund]],
  ['name=nothing', []],
])('a query with %s finds just what it asks for', async (query, events) => {
  store.append({ database: 'shop', table: 'orders' }, [order, refund]);
  store.append({ database: 'other', table: 'orders' }, [order]);
  const app = createEventsApi({ store, guard: null });
  expect((await app.inject({ url: `${url}?${query}` })).json()).toEqual({ events });
});

test.each([
  [{ events: [] }],
  [{ events: [{ name: 'order' }] }],
  [{ events: [{ ...order, surprise: 1 }] }],
  [{ events: Array.from({ length: 1001 }, () => order) }],
])('a bad body is refused whole, and nothing of it is kept', async (payload) => {
  const app = createEventsApi({ store, guard: null });
  expect((await app.inject({ method: 'POST', url, payload })).statusCode).toBe(400);
  expect(store.query({ database: 'shop', table: 'orders' }, { limit: 10 })).toEqual([]);
});

test('each route asks its guard for its own operation on the database of the path', async () => {
  const asked: string[] = [];
  const app = createEventsApi({
    store,
    guard: (access) => async (request, reply) => {
      asked.push(`${access.operation} on ${access.resource(request)}`);
      return reply.code(403).send({ code: 'no' });
    },
  });
  expect((await app.inject({ method: 'POST', url, payload: { events: [order] } })).statusCode).toBe(403);
  expect((await app.inject({ url })).statusCode).toBe(403);
  expect(asked).toEqual(['import on database:shop', 'query on database:shop']);
  expect(store.query({ database: 'shop', table: 'orders' }, { limit: 10 })).toEqual([]);
});
