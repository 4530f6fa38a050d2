import type { WebhookId } from '@claviger/core';
import type { WaitingWebhook } from '@claviger/storage';
import { plusMs } from '@claviger/core';
import { type ServeDeps, serveWebhook, WEBHOOK_LEASE_MS } from './serve-webhook.ts';

/** Sends events to webhooks. */
export type Deliverer = {
  /** Looks once for webhooks with something to send, and begins to serve them; it does not wait for receivers. */
  run(): Promise<void>;
  /** Resolves when nothing is under way. */
  idle(): Promise<void>;
  /** Begins nothing more, and breaks off what is under way: it is sent again by whoever comes next. */
  stop(): Promise<void>;
};

/** Webhooks served at once by one process: more than one account can have, so that slow receivers of one hold up no other. */
const SERVED_MOST = 64;
/** Webhooks looked at in one run. */
const WAITING_MOST = 1_000;
/** Versions. So far behind, a place is written down although there was nothing to send, to keep the next look short. */
const BEHIND_MOST = 1_000;

/** What delivering takes. */
export type DelivererDeps = ServeDeps & {
  /** Whether no other process can be at work on this database: then leases of before are those of the dead. */
  readonly isAlone: boolean;
};

/** Makes a deliverer. Several may run at once, also in other processes: a lease keeps them apart (R8). */
export function createDeliverer(deps: DelivererDeps): Deliverer {
  const stopping = new AbortController();
  const underWay = new Map<WebhookId, Promise<void>>();
  /** Up to which version a webhook was looked at in vain: most of what happens concerns no webhook, and costs no write. */
  const seen = new Map<WebhookId, number>();

  let isFirstRun = true;

  async function run(): Promise<void> {
    if (stopping.signal.aborted || underWay.size >= SERVED_MOST) return;
    if (isFirstRun && deps.isAlone) await deps.queue.releaseAll();
    isFirstRun = false;
    const waiting = await deps.read((reader) => reader.webhooks.waiting(deps.clock.now(), WAITING_MOST));
    for (const one of waiting) {
      if (stopping.signal.aborted || underWay.size >= SERVED_MOST) return;
      if (underWay.has(one.webhook.id) || (seen.get(one.webhook.id) ?? 0) >= one.newest) continue;
      const isCrowded = waiting.length === WAITING_MOST;
      if ((await hasNews(one)) || isCrowded || one.newest - one.webhook.delivery.position > BEHIND_MOST) {
        await begin(one);
      } else seen.set(one.webhook.id, one.newest);
    }
  }

  async function hasNews({ webhook }: WaitingWebhook): Promise<boolean> {
    const after = Math.max(seen.get(webhook.id) ?? 0, webhook.delivery.position);
    const [next] = await deps.read((reader) => reader.webhooks.eventsFor(webhook, after, 1));
    return next !== undefined;
  }

  async function begin({ webhook: { id }, newest }: WaitingWebhook): Promise<void> {
    const leaseId = Buffer.from(deps.randomBytes(16)).toString('hex');
    const now = deps.clock.now();
    const isOurs = await deps.queue.lease(id, { leaseId, now, until: plusMs(now, WEBHOOK_LEASE_MS) });
    if (!isOurs) return;
    seen.delete(id);
    const served = serveWebhook(deps, { id, leaseId, newest, signal: stopping.signal })
      .catch((fault: unknown) => deps.log.warn({ err: fault, webhookId: id }, 'a webhook will be served again later'))
      .finally(() => underWay.delete(id));
    underWay.set(id, served);
  }

  async function idle(): Promise<void> {
    while (underWay.size > 0) await Promise.all(underWay.values());
  }

  return {
    run,
    idle,
    stop: async () => {
      stopping.abort();
      await idle();
    },
  };
}
