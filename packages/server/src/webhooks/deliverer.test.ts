import { formatInstant } from '@claviger/core';
import { openSqlite } from '@claviger/storage';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { deleteKey } from '../commands/delete-key.ts';
import { deleteWebhook } from '../commands/delete-webhook.ts';
import { disableKey } from '../commands/disable-key.ts';
import { editWebhook } from '../commands/edit-webhook.ts';
import { enableKey } from '../commands/enable-key.ts';
import { forceExpireKey } from '../commands/force-expire-key.ts';
import { rotateKey } from '../commands/rotate-key.ts';
import { rotateWebhookSecret } from '../commands/rotate-webhook-secret.ts';
import { type Installation, openInstallation } from '../commands/testing/installation.ts';
import { openScene } from '../commands/testing/scene.ts';
import { testWebhook } from '../commands/test-webhook.ts';
import { openReceiver, type Receiver, status } from '../outbound/testing/receiver.ts';
import { deliverAll, type DeliveryScene, openDeliveryScene } from './testing/delivery-scene.ts';
import { verifySignature } from './testing/verify-signature.ts';

let installation: Installation;
let receiver: Receiver;
let on: DeliveryScene;
beforeAll(async () => {
  installation = await openInstallation('webhook deliveries', openSqlite);
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

test('every event of a key’s life arrives in order, signed, with the key as it is, and never a secret (R8)', async () => {
  const { scene } = on;
  const { webhook, secret } = await on.create({ url: `${receiver.url}hooks` });
  const deliverer = on.deliverer();
  const olga = await scene.as('olga');
  const { key, secret: text } = await scene.give('olga', { name: 'Nightly “export”' });
  const rotated = await scene.done(rotateKey(scene.deps, olga, { keyId: key.id, overlapSeconds: 60 }));
  await scene.done(disableKey(scene.deps, olga, key.id));
  await scene.done(enableKey(scene.deps, olga, key.id));
  const forced = { keyId: key.id, reason: 'compromised', note: null, isWithDescendants: false } as const;
  await scene.done(forceExpireKey(scene.deps, olga, forced));
  await deliverAll(deliverer);
  await scene.done(deleteKey(scene.deps, olga, key.id));
  await deliverAll(deliverer);
  expect(types()).toEqual([
    'key.created',
    'key.rotated',
    'key.disabled',
    'key.enabled',
    'key.force_expired',
    'key.deleted',
  ]);
  for (const received of receiver.received) {
    expect(verifySignature(secret.reveal(), received)).toBe(true);
    expect(verifySignature(secret.reveal(), { ...received, body: `${received.body} ` })).toBe(false);
    expect(received).toMatchObject({ method: 'POST', path: '/hooks' });
    expect(received.headers['content-type']).toBe('application/json');
    const message = JSON.parse(received.body);
    expect(received.headers['webhook-id']).toBe(message.data.event.id);
    expect([message.timestamp, message.type]).toEqual([message.data.event.time, message.data.event.event_name]);
    const isDeleted = message.type === 'key.deleted';
    expect(message.data.key).toEqual(
      isDeleted ? null : expect.objectContaining({ id: key.id, name: 'Nightly “export”', status: 'expired' }),
    );
    for (const hidden of [text, rotated.value.secret]) {
      expect(received.body).not.toContain(hidden.reveal());
      expect(received.body).not.toContain(scene.deps.digestOf(hidden));
    }
  }
  expect((await on.find(webhook)).delivery).toMatchObject({
    attempts: 0,
    pendingSince: null,
    lastSuccessAt: scene.now,
    lastFailure: null,
  });
});

test('a webhook is told of what it asks for, of its own account, from its creation on (R8)', async () => {
  const { scene } = on;
  const { key } = await scene.give('olga');
  const { webhook } = await on.create({ url: receiver.url, eventNames: ['key.disabled', 'key.deleted'] });
  const other = await openScene(installation);
  await other.give('olga');
  const olga = await scene.as('olga');
  await scene.done(disableKey(scene.deps, olga, key.id));
  await scene.done(enableKey(scene.deps, olga, key.id));
  const deliverer = on.deliverer();
  await deliverAll(deliverer);
  expect(types()).toEqual(['key.disabled']);
  // Names that are asked for later hold for what happens later.
  const edit = { eventNames: ['key.enabled', 'key.disabled'] };
  await scene.done(editWebhook(scene.deps, olga, { webhookId: webhook.id, edit, isEnabled: null }));
  await deliverAll(deliverer);
  expect(types()).toEqual(['key.disabled']);
  await scene.done(disableKey(scene.deps, olga, key.id));
  await scene.done(enableKey(scene.deps, olga, key.id));
  await deliverAll(deliverer);
  expect(types()).toEqual(['key.disabled', 'key.disabled', 'key.enabled']);
});

test('a deliverer that dies between sending and noting loses nothing: the same id comes again, later (R8)', async () => {
  await on.create({ url: receiver.url });
  await on.scene.give('olga');
  const dying = on.deliverer({
    settle: async () => {
      throw new Error('killed');
    },
  });
  await deliverAll(dying);
  await on.scene.give('rita');
  const next = on.deliverer();
  on.pass(30 * SECOND - 1);
  await deliverAll(next);
  expect(receiver.received.length).toBe(1);
  // The lease is over at its very end.
  on.pass(1);
  await deliverAll(next);
  const [first, again, second, ...rest] = ids();
  expect([again === first, second === first, rest]).toEqual([true, false, []]);
});

test('a process that is alone after a start need not wait for the lease of the one before it (R8)', async () => {
  await on.create({ url: receiver.url });
  await on.scene.give('olga');
  const settle = async () => {
    throw new Error('killed');
  };
  await deliverAll(on.deliverer({ settle }));
  await deliverAll(on.deliverer({}, true));
  expect(types()).toEqual(['key.created', 'key.created']);
  expect(new Set(ids()).size).toBe(1);
});

test('two deliverers at once send every event once, in order (R8)', async () => {
  await on.create({ url: receiver.url });
  const [one, two] = [on.deliverer(), on.deliverer()];
  for (let round = 0; round < 5; round += 1) {
    await Promise.all([on.scene.give('olga'), on.scene.give('rita')]);
    await Promise.all([one.run(), two.run()]);
    await Promise.all([one.idle(), two.idle()]);
  }
  await deliverAll(one);
  const versions = receiver.received.map(({ body }) => Number(JSON.parse(body).data.event.version.split('.')[1]));
  expect(versions).toEqual(versions.toSorted((a, b) => a - b));
  expect(new Set(versions).size).toBe(10);
});

test('whoever lost the lease while sending notes nothing, and stops (R8)', async () => {
  const { webhook } = await on.create({ url: receiver.url });
  await on.scene.give('olga');
  const elsewhere = 'http://127.0.0.1:9/';
  receiver.reply = (response) => {
    void on.scene.as('olga').then(async (olga) => {
      const moved = { webhookId: webhook.id, edit: { url: elsewhere }, isEnabled: null };
      await on.scene.done(editWebhook(on.scene.deps, olga, moved));
      response.writeHead(200).end();
    });
  };
  await deliverAll(on.deliverer());
  expect(await on.find(webhook)).toMatchObject({
    url: elsewhere,
    delivery: { position: webhook.delivery.position, lastSuccessAt: null },
  });
});

test('a webhook that is deleted or disabled while it is served gets nothing more (R8)', async () => {
  const { webhook } = await on.create({ url: receiver.url });
  await on.scene.give('olga');
  await on.scene.give('olga');
  receiver.reply = (response) => {
    void on.scene.as('olga').then(async (olga) => {
      await on.scene.done(deleteWebhook(on.scene.deps, olga, webhook.id));
      response.writeHead(200).end();
    });
  };
  const deliverer = on.deliverer();
  await deliverAll(deliverer);
  await deliverAll(deliverer);
  expect(receiver.received.length).toBe(1);
});

test('for a day after a rotation both secrets sign, then only the new one (R8)', async () => {
  const { scene } = on;
  const { webhook, secret: old } = await on.create({ url: receiver.url });
  const { value } = await scene.done(rotateWebhookSecret(scene.deps, await scene.as('olga'), webhook.id));
  const deliverer = on.deliverer();
  const fits = async () => {
    await scene.give('olga');
    await deliverAll(deliverer);
    const last = receiver.received.at(-1);
    return last === undefined ? [] : [old, value.secret].map((secret) => verifySignature(secret.reveal(), last));
  };
  on.pass(24 * HOUR - 1);
  expect(await fits()).toEqual([true, true]);
  on.pass(1);
  expect(await fits()).toEqual([false, true]);
});

test('a test goes to the webhook that was asked to, in its turn, and tries at once what waits (R8)', async () => {
  const { scene } = on;
  const other = await openReceiver();
  try {
    await on.create({ url: other.url });
    const { webhook } = await on.create({ url: receiver.url, eventNames: ['key.deleted', 'key.created'] });
    receiver.reply = status(500);
    await scene.give('olga');
    const deliverer = on.deliverer();
    await deliverAll(deliverer);
    receiver.reply = status(200);
    const tested = await scene.done(testWebhook(scene.deps, await scene.as('adam'), webhook.id));
    expect(tested.names).toEqual(['webhook.tested']);
    await deliverAll(deliverer);
    expect(types()).toEqual(['key.created', 'key.created', 'webhook.tested']);
    expect(types(other)).toEqual(['key.created']);
    const { data, timestamp } = JSON.parse(receiver.received[2]?.body ?? '');
    expect([data.key, data.event.resource_id, timestamp]).toEqual([null, webhook.id, formatInstant(scene.now)]);
  } finally {
    await other.close();
  }
});

test('a deliverer that stops breaks off, and the next one need not wait for its lease (R8)', async () => {
  const { webhook } = await on.create({ url: receiver.url });
  await on.scene.give('olga');
  const arrived = new Promise<void>((resolve) => {
    receiver.reply = () => resolve();
  });
  const stopping = on.deliverer();
  await stopping.run();
  await arrived;
  await stopping.stop();
  expect((await on.find(webhook)).delivery).toMatchObject({ attempts: 0, lastFailure: null });
  receiver.reply = status(200);
  await deliverAll(on.deliverer());
  expect(types()).toEqual(['key.created', 'key.created']);
  await deliverAll(stopping);
  expect(receiver.received.length).toBe(2);
});

test('a secret that somebody else wrote into the row signs nothing (R8, K7)', async () => {
  const first = await on.create({ url: receiver.url });
  const second = await on.create({ url: receiver.url });
  const stolen = { secret: first.webhook.secret, previousEndsAt: on.now() };
  await on.scene.arrange((change) => change.webhooks.rotateSecret(second.webhook, stolen));
  await on.scene.give('olga');
  await deliverAll(on.deliverer());
  expect(receiver.received.length).toBe(1);
  expect((await on.find(second.webhook)).delivery.lastFailure).toMatchObject({ reason: 'secret_unreadable' });
});

test('what concerns no webhook is looked at once, and written down nowhere (R8)', async () => {
  const { webhook } = await on.create({ url: receiver.url, eventNames: ['key.deleted'] });
  await on.scene.give('olga');
  let leases = 0;
  const deliverer = on.deliverer({
    lease: async (id) => {
      if (id === webhook.id) leases += 1;
      return false;
    },
  });
  await deliverAll(deliverer);
  await deliverAll(deliverer);
  expect([leases, (await on.find(webhook)).delivery.position]).toEqual([0, webhook.delivery.position]);
});
