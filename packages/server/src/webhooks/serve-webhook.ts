import { plusMs, type RandomBytes, retryDelayMs, type WebhookId } from '@claviger/core';
import type { Store, WebhookFailure, WebhookOutcome } from '@claviger/storage';
import type { DecisionClock } from '../clock.ts';
import type { CommandDeps } from '../commands/deps.ts';
import { giveUpWebhook } from '../commands/give-up-webhook.ts';
import type { Log } from '../logs.ts';
import { type AttemptDeps, type AttemptOutcome, attemptDelivery } from './attempt.ts';
import { type NextMessage, readNextMessage } from './next-message.ts';

/** What serving webhooks takes. */
export type ServeDeps = AttemptDeps &
  Pick<CommandDeps, 'read' | 'change'> & {
    readonly queue: Store['webhookQueue'];
    readonly clock: Pick<DecisionClock, 'now' | 'storable'>;
    readonly randomBytes: RandomBytes;
    readonly log: Log;
  };

/** Milliseconds. Twice the longest attempt: whoever is that late has lost the webhook to somebody else. */
export const WEBHOOK_LEASE_MS = 30_000;
/** Events sent under one lease; then others have their turn. */
const EVENTS_AT_ONCE = 100;

/** A webhook that this process serves. */
export type Served = {
  readonly id: WebhookId;
  readonly leaseId: string;
  /** Up to here there is nothing to send, if there is nothing to send. */
  readonly newest: number;
  readonly signal: AbortSignal;
};

/** Sends the events that wait for a webhook, in order, until there are no more, one fails, or others have their turn (R8). */
export async function serveWebhook(deps: ServeDeps, served: Served): Promise<void> {
  for (let sent = 1; ; sent += 1) {
    const now = deps.clock.now();
    const next = await deps.read((reader) => readNextMessage(reader, { ...served, now }));
    if (next === null) return;
    const { message, webhook } = next;
    if (message === null) {
      await deps.queue.settle(served.id, served.leaseId, { kind: 'nothing-to-send', position: served.newest });
      return;
    }
    const outcome = await attemptDelivery(deps, webhook, { message, signal: served.signal });
    const goesOn = next.hasMore && sent < EVENTS_AT_ONCE && !served.signal.aborted;
    if (!(await settle(deps, served, { next: { ...next, message }, outcome, goesOn }))) return;
  }
}

type Attempted = {
  readonly next: NextMessage & { readonly message: NonNullable<NextMessage['message']> };
  readonly outcome: AttemptOutcome;
  readonly goesOn: boolean;
};

/** Notes what became of an attempt; true when the next event may be sent. */
async function settle(deps: ServeDeps, served: Served, attempted: Attempted): Promise<boolean> {
  const { outcome, goesOn, next } = attempted;
  const { webhook, message } = next;
  const now = deps.clock.now();
  const note = (noted: WebhookOutcome): Promise<boolean> => deps.queue.settle(served.id, served.leaseId, noted);
  switch (outcome.kind) {
    case 'delivered': {
      const leasedUntil = goesOn ? plusMs(now, WEBHOOK_LEASE_MS) : null;
      const isOurs = await note({ kind: 'delivered', position: message.event.version, at: now, leasedUntil });
      return isOurs && goesOn;
    }
    case 'stopped':
      // The place stays; only the lease ends, so that another process need not wait for it.
      await note({ kind: 'nothing-to-send', position: webhook.delivery.position });
      return false;
    case 'failed':
      await settleFailure(deps, served, { webhook, message, failure: { ...outcome, at: now } });
      return false;
  }
}

async function settleFailure(
  deps: ServeDeps,
  { id, leaseId }: Served,
  failed: Pick<Attempted['next'], 'webhook' | 'message'> & { readonly failure: WebhookFailure },
): Promise<void> {
  const { webhook, message, failure } = failed;
  deps.log.info({ webhookId: id, status: failure.status, reason: failure.reason }, 'an event was not delivered');
  const isGone = failure.reason === 'gone';
  const delayMs = isGone ? null : retryDelayMs(webhook.delivery.attempts + 1, spread(deps.randomBytes));
  if (delayMs === null) {
    const at = { now: deps.clock.now(), storable: deps.clock.storable() };
    await giveUpWebhook(deps, at, { webhook, leaseId, reason: isGone ? 'gone' : 'failures', failure });
    return;
  }
  await deps.queue.settle(id, leaseId, {
    kind: 'failed',
    failure,
    dueAt: plusMs(failure.at, delayMs),
    pendingSince: message.event.time,
  });
}

/** From 0 to 1. */
function spread(randomBytes: RandomBytes): number {
  return (randomBytes(1)[0] ?? 0) / 255;
}
