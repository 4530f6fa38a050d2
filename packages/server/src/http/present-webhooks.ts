import type { WebhookObject, WebhookWithSecretObject } from '@claviger/contract';
import { formatInstant, type Instant } from '@claviger/core';
import type { Webhook } from '@claviger/storage';
import type { WebhookWithSecret } from '../commands/webhook-secret.ts';
import type { View } from './call.ts';

/** A webhook as lists show it: never its secret. */
export function presentWebhook(webhook: Webhook, now: Instant): WebhookObject {
  const { delivery, previousSecret, disabledAt } = webhook;
  const isWaiting = delivery.pendingSince !== null && disabledAt === null;
  return {
    object: 'webhook',
    id: webhook.id,
    url: webhook.url,
    event_names: [...webhook.eventNames],
    description: webhook.description,
    enabled: disabledAt === null,
    disabled_at: instantOrNull(disabledAt),
    disabled_reason: webhook.disabledReason,
    created_at: formatInstant(webhook.createdAt),
    previous_secret_ends_at:
      previousSecret === null || now >= previousSecret.endsAt ? null : formatInstant(previousSecret.endsAt),
    last_success_at: instantOrNull(delivery.lastSuccessAt),
    last_failure: presentFailure(webhook),
    pending_since: instantOrNull(delivery.pendingSince),
    failed_attempts: delivery.attempts,
    next_attempt_at: isWaiting ? formatInstant(delivery.dueAt) : null,
  };
}

/** A webhook in the one answer that shows its secret; in what is kept for replays it is left out. */
export function presentWebhookWithSecret(made: WebhookWithSecret, view: View): WebhookWithSecretObject {
  const webhook = presentWebhook(made.webhook, view.now);
  return view.showsSecrets ? { ...webhook, secret: made.secret.reveal() } : webhook;
}

function presentFailure({ delivery: { lastFailure } }: Webhook): WebhookObject['last_failure'] {
  if (lastFailure === null) return null;
  // The reasons are those that the deliverer notes; the answer schema refuses any other.
  const reason = lastFailure.reason as NonNullable<WebhookObject['last_failure']>['reason'];
  return { at: formatInstant(lastFailure.at), status: lastFailure.status, reason };
}

function instantOrNull(at: Instant | null): string | null {
  return at === null ? null : formatInstant(at);
}
