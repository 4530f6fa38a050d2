import { randomInt } from 'node:crypto';
import { openSqlite } from '@claviger/storage';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Installation, openInstallation } from '../commands/testing/installation.ts';
import { openReceiver, type Receiver, status } from '../outbound/testing/receiver.ts';
import { openDeliveryScene } from './testing/delivery-scene.ts';

const SEED = Number(process.env['SEED'] ?? randomInt(1_000_000));
const ROUNDS = 60;

let installation: Installation;
let receiver: Receiver;
beforeAll(async () => {
  installation = await openInstallation(`webhook crashes ${SEED}`, openSqlite);
  receiver = await openReceiver();
});
afterAll(async () => {
  await receiver.close();
  await installation.close();
});

/** Whole numbers below a limit, from a small generator: the same seed gives the same run. */
function drawer(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

test(`whatever dies and fails, every event arrives, and first arrivals are in order (R8), SEED=${SEED}`, async () => {
  const draw = drawer(SEED);
  const on = await openDeliveryScene(installation);
  const { webhook } = await on.create({ url: receiver.url });
  receiver.reply = (response, received) => status(draw(4) === 0 ? 500 : 204)(response, received);
  const { webhookQueue } = on.scene.store;
  const dying = (odds: number) =>
    on.deliverer({
      settle: async (id, leaseId, outcome) => {
        if (draw(odds) === 0) throw new Error('killed');
        return webhookQueue.settle(id, leaseId, outcome);
      },
    });
  const deliverers = [dying(3), dying(5), on.deliverer()];
  let made = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    for (let events = draw(3); events > 0; events -= 1, made += 1) await on.scene.give('olga');
    await Promise.all(deliverers.map((deliverer) => deliverer.run()));
    await Promise.all(deliverers.map((deliverer) => deliverer.idle()));
    on.pass(draw(40_000));
  }
  receiver.reply = status(204);
  const last = on.deliverer();
  for (let round = 0; round < 3; round += 1) {
    // Longer than any lease and any wait between attempts.
    on.pass(40_000_000);
    await last.run();
    await last.idle();
  }
  const versions = receiver.received.map(({ body }) => Number(JSON.parse(body).data.event.version.split('.')[1]));
  const first = versions.filter((version, index) => versions.indexOf(version) === index);
  expect(first).toEqual(first.toSorted((a, b) => a - b));
  expect(first.length).toBe(made);
  expect((await on.find(webhook)).disabledAt).toBeNull();
});
