import { type Result, type Secret, unreachable } from '@claviger/core';
import type { Webhook } from '@claviger/storage';
import type { WebhookObject } from '@claviger/contract';
import type { CommandDeps } from '../commands/deps.ts';
import { webhookSecretPurpose } from '../commands/webhook-secret.ts';
import type { DecisionClock } from '../clock.ts';
import type { OutboundAnswer, OutboundFailure, OutboundRequest } from '../outbound/send-outbound.ts';
import type { NextMessage } from './next-message.ts';
import { signedHeaders } from './sign-message.ts';

/** What attempts take. */
export type AttemptDeps = {
  readonly clock: Pick<DecisionClock, 'now'>;
  readonly sealer: Pick<CommandDeps['sealer'], 'decrypt'>;
  send(request: OutboundRequest): Promise<Result<OutboundAnswer, OutboundFailure>>;
};

type FailureReason = NonNullable<WebhookObject['last_failure']>['reason'];

/** What became of one attempt. */
export type AttemptOutcome =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'failed'; readonly status: number | null; readonly reason: FailureReason }
  /** The server is stopping: nobody is to blame, and nothing is counted. */
  | { readonly kind: 'stopped' };

/** Sends one event to one webhook, once (R8). */
export async function attemptDelivery(
  deps: AttemptDeps,
  webhook: Webhook,
  { message, signal }: { readonly message: NonNullable<NextMessage['message']>; readonly signal: AbortSignal },
): Promise<AttemptOutcome> {
  const secrets = secretsOf(deps, webhook);
  if (secrets === null) return { kind: 'failed', status: null, reason: 'secret_unreadable' };
  const { event, body } = message;
  const outcome = await deps.send({
    method: 'POST',
    url: webhook.url,
    headers: {
      'content-type': 'application/json',
      'user-agent': 'Claviger',
      ...signedHeaders(secrets, { id: event.id, at: deps.clock.now(), body }),
    },
    body,
    signal,
  });
  return outcome.ok ? judge(outcome.value) : failureOf(outcome.refusal);
}

/** The secrets in force, or null when one cannot be read: its sealing key is gone, or somebody changed the row. */
function secretsOf({ sealer, clock }: AttemptDeps, webhook: Webhook): readonly Secret[] | null {
  const { secret, previousSecret } = webhook;
  const isOver = previousSecret === null || clock.now() >= previousSecret.endsAt;
  const stored = isOver ? [secret] : [secret, previousSecret.secret];
  const secrets = stored.map((text) => sealer.decrypt(webhookSecretPurpose(webhook.id), text));
  const readable = secrets.filter((text) => text !== null);
  return readable.length === secrets.length ? readable : null;
}

function judge({ status }: OutboundAnswer): AttemptOutcome {
  if (status >= 200 && status < 300) return { kind: 'delivered' };
  if (status === 410) return { kind: 'failed', status, reason: 'gone' };
  return { kind: 'failed', status, reason: status >= 300 && status < 400 ? 'redirect' : 'status' };
}

function failureOf({ kind }: OutboundFailure): AttemptOutcome {
  const failed = (reason: FailureReason): AttemptOutcome => ({ kind: 'failed', status: null, reason });
  switch (kind) {
    case 'stopped':
      return { kind: 'stopped' };
    case 'url-not-allowed':
      return failed('url_not_allowed');
    case 'address-not-allowed':
      return failed('address_not_allowed');
    case 'name-not-found':
      return failed('name_not_found');
    case 'timed-out':
      return failed('timed_out');
    case 'connection-failed':
      return failed('connection_failed');
    default:
      return unreachable(kind);
  }
}
