import type { CommandDeps } from '../commands/deps.ts';
import type { Installation } from '../installation.ts';
import type { Log } from '../logs.ts';
import { createDeliverer, type Deliverer } from '../webhooks/deliverer.ts';
import { type OutboundDeps, resolveBySystem, sendOutbound } from '../outbound/send-outbound.ts';
import type { Job } from './run-jobs.ts';

/** Milliseconds between two looks for events to send: the usual delay of a webhook. */
const EVERY_MS = 1_000;

/** What telling webhooks takes. */
export type DeliverWebhooksDeps = {
  readonly commands: Pick<CommandDeps, 'read' | 'change' | 'randomBytes' | 'outboundAllow'>;
  readonly installation: Pick<Installation, 'clock' | 'store' | 'sealer'>;
  readonly log: Log;
};

/** Tells webhooks of what happened (R8). A run only begins deliveries: a slow receiver holds up nobody else. */
export function deliverWebhooks({ commands, installation, log }: DeliverWebhooksDeps): Job {
  const { clock, store, sealer } = installation;
  const outbound: OutboundDeps = { resolve: resolveBySystem, allow: commands.outboundAllow, clock };
  const deliverer: Deliverer = createDeliverer({
    read: commands.read,
    change: commands.change,
    queue: store.webhookQueue,
    isAlone: store.engine === 'sqlite',
    clock,
    sealer,
    randomBytes: commands.randomBytes,
    log,
    send: (request) => sendOutbound(outbound, request),
  });
  return { name: 'deliver-webhooks', everyMs: EVERY_MS, run: () => deliverer.run(), stop: () => deliverer.stop() };
}
