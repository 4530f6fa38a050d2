import type { Route } from '../route.ts';
import { emptyBody } from '../schemas/empty.ts';
import { listOf, pageQuery } from '../schemas/page.ts';
import { createWebhookBody, editWebhookBody, webhookObject, webhookWithSecret } from '../schemas/webhooks.ts';
import { FOR_ADMINISTRATIVE } from './shared.ts';

const READING = { ...FOR_ADMINISTRATIVE, method: 'GET', group: 'Webhooks' } as const satisfies Partial<Route>;
/** U8: whoever can redirect events learns of every key. */
const CHANGING = {
  ...FOR_ADMINISTRATIVE,
  credentials: ['session'],
  group: 'Webhooks',
  isSensitive: true,
} as const satisfies Partial<Route>;
const ON_ONE_WEBHOOK = { ...CHANGING, target: 'webhook' } as const satisfies Partial<Route>;

/** Where the events of keys are sent (R8). */
export const WEBHOOK_ROUTES = {
  list_webhooks: {
    ...READING,
    path: '/v1/webhooks',
    summary: 'List webhooks',
    query: pageQuery,
    answer: { status: 200, schema: listOf(webhookObject) },
    problems: ['bad_cursor'],
  },
  create_webhook: {
    ...CHANGING,
    method: 'POST',
    path: '/v1/webhooks',
    summary: 'Create a webhook',
    description: 'Events from now on are sent. The secret is in this answer and in no other.',
    isIdempotent: true,
    body: createWebhookBody,
    answer: { status: 201, schema: webhookWithSecret },
    events: ['webhook.created'],
    problems: ['webhook_url_not_allowed', 'webhook_limit_reached'],
  },
  read_webhook: {
    ...READING,
    path: '/v1/webhooks/{id}',
    summary: 'Read a webhook',
    target: 'webhook',
    answer: { status: 200, schema: webhookObject },
  },
  edit_webhook: {
    ...ON_ONE_WEBHOOK,
    method: 'PATCH',
    path: '/v1/webhooks/{id}',
    summary: 'Change, disable or enable a webhook',
    body: editWebhookBody,
    answer: { status: 200, schema: webhookObject },
    events: ['webhook.changed', 'webhook.disabled', 'webhook.enabled'],
    problems: ['webhook_url_not_allowed'],
  },
  delete_webhook: {
    ...ON_ONE_WEBHOOK,
    method: 'DELETE',
    path: '/v1/webhooks/{id}',
    summary: 'Delete a webhook',
    description: 'What waits for a retry is dropped.',
    answer: { status: 204, schema: null },
    events: ['webhook.deleted'],
  },
  rotate_webhook_secret: {
    ...ON_ONE_WEBHOOK,
    method: 'POST',
    path: '/v1/webhooks/{id}/rotate-secret',
    summary: 'Give a webhook a new secret',
    description: 'The new secret is in this answer and in no other. For 24 hours both secrets sign.',
    isIdempotent: true,
    body: emptyBody,
    answer: { status: 200, schema: webhookWithSecret },
    events: ['webhook.secret_rotated'],
  },
  test_webhook: {
    ...ON_ONE_WEBHOOK,
    method: 'POST',
    path: '/v1/webhooks/{id}/test',
    summary: 'Send a test to a webhook',
    description:
      'Sends `webhook.tested` after whatever still waits, which is tried at once. Read the webhook to see what became of it.',
    isIdempotent: true,
    body: emptyBody,
    answer: { status: 202, schema: webhookObject },
    events: ['webhook.tested'],
    problems: ['webhook_disabled'],
  },
} as const satisfies Record<string, Route>;
