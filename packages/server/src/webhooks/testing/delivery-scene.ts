import { EVERY_KEY_EVENT, type Instant, parseIpRange, type Secret } from '@claviger/core';
import type { Store, Webhook } from '@claviger/storage';
import { type CreateWebhookInput, createWebhook } from '../../commands/create-webhook.ts';
import type { Installation } from '../../commands/testing/installation.ts';
import { openScene, type Scene } from '../../commands/testing/scene.ts';
import type { Log } from '../../logs.ts';
import { resolveBySystem, sendOutbound } from '../../outbound/send-outbound.ts';
import { type HandTimers, handTimers } from '../../outbound/testing/hand-timers.ts';
import { createDeliverer, type Deliverer } from '../deliverer.ts';

/** An account with webhooks, and deliverers on a clock that stands still until told to move. */
export type DeliveryScene = {
  readonly scene: Scene;
  readonly timers: HandTimers;
  /** What deliverers told the log. */
  readonly logged: unknown[];
  deliverer(spoil?: Partial<Store['webhookQueue']>, isAlone?: boolean): Deliverer;
  create(
    input?: Partial<CreateWebhookInput> & Pick<CreateWebhookInput, 'url'>,
  ): Promise<{ readonly webhook: Webhook; readonly secret: Secret }>;
  /** As the store knows it now. */
  find(webhook: Webhook): Promise<Webhook>;
  pass(ms: number): void;
  now(): Instant;
};

const LOOPBACK = [parseIpRange('127.0.0.0/8')].filter((range) => range !== null);

/** Opens a scene in an installation; every process of it would share store and time. */
export async function openDeliveryScene(installation: Installation): Promise<DeliveryScene> {
  const scene = await openScene(installation, { outboundAllow: LOOPBACK });
  const timers = handTimers();
  const logged: unknown[] = [];
  const clock = {
    now: () => scene.now,
    storable: () => scene.now,
    after: (ms: number, callback: () => void) => timers.after(ms, callback),
  };
  const outbound = { resolve: resolveBySystem, allow: LOOPBACK, clock };
  return {
    scene,
    timers,
    logged,
    deliverer: (spoil = {}, isAlone = false) =>
      createDeliverer({
        isAlone,
        read: scene.deps.read,
        change: scene.deps.change,
        queue: { ...scene.store.webhookQueue, ...spoil },
        clock,
        sealer: scene.deps.sealer,
        // No wait is longer than it must be: times of attempts can be told in advance.
        randomBytes: (count) => (count === 1 ? new Uint8Array([0]) : scene.deps.randomBytes(count)),
        log: recordingLog(logged),
        send: (request) => sendOutbound(outbound, request),
      }),
    create: async (input) => {
      const whole = { eventNames: [EVERY_KEY_EVENT], description: null, isEnabled: true, url: '', ...input };
      return (await scene.done(createWebhook(scene.deps, await scene.as('olga'), whole))).value;
    },
    find: async ({ id }) => {
      const webhook = await scene.store.read((reader) => reader.webhooks.find(scene.account.id, id));
      if (webhook === null) throw new Error(`there is no webhook ${id}`);
      return webhook;
    },
    pass: (ms) => scene.pass(ms),
    now: () => scene.now,
  };
}

/** Looks once, and waits until everything is sent that was there to send. */
export async function deliverAll(deliverer: Deliverer): Promise<void> {
  await deliverer.run();
  await deliverer.idle();
}

function recordingLog(into: unknown[]): Log {
  const write = (...parts: readonly unknown[]): void => void into.push(parts);
  return { fatal: write, error: write, warn: write, info: write, debug: write };
}
