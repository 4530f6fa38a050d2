import { openSqlite } from '@claviger/storage';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { disableKey } from '../commands/disable-key.ts';
import { editWebhook } from '../commands/edit-webhook.ts';
import { type Installation, openInstallation } from '../commands/testing/installation.ts';
import { hang, openReceiver, type Receiver, status } from '../outbound/testing/receiver.ts';
import { deliverAll, type DeliveryScene, openDeliveryScene } from './testing/delivery-scene.ts';

let installation: Installation;
let receiver: Receiver;
let on: DeliveryScene;
beforeAll(async () => {
  installation = await openInstallation('webhook failures', openSqlite);
});
afterAll(() => installation.close());
beforeEach(async () => {
  receiver = await openReceiver();
  on = await openDeliveryScene(installation);
});
afterEach(() => receiver.close());

const types = (from = receiver): readonly string[] => from.received.map(({ body }) => JSON.parse(body).type as string);
const ids = (): readonly unknown[] => receiver.received.map(({ headers }) => headers['webhook-id']);
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

test('what fails is tried again on the schedule, holds back what came later, and is given up at last (R8)', async () => {
  const { scene } = on;
  const { webhook } = await on.create({ url: receiver.url });
  receiver.reply = status(500);
  await scene.give('olga');
  const happened = scene.now;
  await scene.give('rita');
  const deliverer = on.deliverer();
  await deliverAll(deliverer);
  const waits = [5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 10 * HOUR];
  for (const [index, wait] of waits.entries()) {
    const { delivery } = await on.find(webhook);
    expect(delivery).toMatchObject({
      attempts: index + 1,
      pendingSince: happened,
      lastFailure: { at: scene.now, status: 500, reason: 'status' },
    });
    on.pass(wait - 1);
    await deliverAll(deliverer);
    expect(receiver.received.length).toBe(index + 1);
    on.pass(1);
    await deliverAll(deliverer);
    expect(receiver.received.length).toBe(index + 2);
  }
  expect(new Set(ids()).size).toBe(1);
  expect(await on.find(webhook)).toMatchObject({ disabledAt: scene.now, disabledReason: 'failures' });
  expect(scene.eventsSince().map((event) => event.event_name)).toEqual(['webhook.disabled']);
  on.pass(30 * 24 * HOUR);
  await deliverAll(deliverer);
  expect(receiver.received.length).toBe(8);
  // Enabled again it goes on where it stopped: nothing is lost.
  receiver.reply = status(200);
  await scene.done(
    editWebhook(scene.deps, await scene.as('olga'), { webhookId: webhook.id, edit: {}, isEnabled: true }),
  );
  await deliverAll(deliverer);
  expect(types().slice(8)).toEqual(['key.created', 'key.created']);
  expect(ids()[8]).toBe(ids()[0]);
});

test('a success after failures begins the schedule anew (R8)', async () => {
  const { webhook } = await on.create({ url: receiver.url });
  receiver.reply = status(503);
  const { key } = await on.scene.give('olga');
  const deliverer = on.deliverer();
  await deliverAll(deliverer);
  on.pass(5 * SECOND);
  receiver.reply = status(200);
  await deliverAll(deliverer);
  expect(await on.find(webhook)).toMatchObject({
    delivery: { attempts: 0, pendingSince: null, lastSuccessAt: on.now(), lastFailure: { status: 503 } },
  });
  receiver.reply = status(503);
  await on.scene.done(disableKey(on.scene.deps, await on.scene.as('olga'), key.id));
  await deliverAll(deliverer);
  expect((await on.find(webhook)).delivery.attempts).toBe(1);
});

test('410 disables at once, and enabling then begins with what happens later (R8)', async () => {
  const { scene } = on;
  const { webhook } = await on.create({ url: receiver.url });
  receiver.reply = status(410);
  const { key } = await scene.give('olga');
  const deliverer = on.deliverer();
  await deliverAll(deliverer);
  expect(await on.find(webhook)).toMatchObject({ disabledReason: 'gone', delivery: { lastFailure: { status: 410 } } });
  receiver.reply = status(200);
  const olga = await scene.as('olga');
  await scene.done(editWebhook(scene.deps, olga, { webhookId: webhook.id, edit: {}, isEnabled: true }));
  await scene.done(disableKey(scene.deps, olga, key.id));
  await deliverAll(deliverer);
  expect(types()).toEqual(['key.created', 'key.disabled']);
});

test('a redirect is a failure, and nobody is sent there (R8, Q33)', async () => {
  const target = await openReceiver();
  try {
    const { webhook } = await on.create({ url: receiver.url });
    receiver.reply = status(307, { location: target.url });
    await on.scene.give('olga');
    await deliverAll(on.deliverer());
    expect((await on.find(webhook)).delivery.lastFailure).toMatchObject({ status: 307, reason: 'redirect' });
    expect(target.connections()).toBe(0);
  } finally {
    await target.close();
  }
});

test('a receiver that hangs holds up no other, and counts as failed after 15 seconds (R8)', async () => {
  const slow = await openReceiver();
  try {
    const arrived = new Promise<void>((resolve) => {
      slow.reply = (response, received) => {
        hang(response, received);
        resolve();
      };
    });
    const { webhook } = await on.create({ url: slow.url });
    await on.create({ url: receiver.url });
    const answered = new Promise<void>((resolve) => {
      receiver.reply = (response) => {
        response.writeHead(204).end();
        resolve();
      };
    });
    await on.scene.give('olga');
    const deliverer = on.deliverer();
    await deliverer.run();
    await Promise.all([arrived, answered]);
    on.timers.pass(15 * SECOND);
    await deliverer.idle();
    expect([types(slow), types()]).toEqual([['key.created'], ['key.created']]);
    expect((await on.find(webhook)).delivery.lastFailure).toMatchObject({ status: null, reason: 'timed_out' });
  } finally {
    await slow.close();
  }
});

test('a huge answer is a success all the same, as its status says (R8)', async () => {
  const { webhook } = await on.create({ url: receiver.url });
  receiver.reply = (response) => response.writeHead(200).end(Buffer.alloc(5_000_000));
  await on.scene.give('olga');
  await deliverAll(on.deliverer());
  expect((await on.find(webhook)).delivery).toMatchObject({ lastSuccessAt: on.now(), lastFailure: null });
});
