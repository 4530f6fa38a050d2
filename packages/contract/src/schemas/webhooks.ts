import { EVERY_KEY_EVENT, KEY_EVENT_NAMES, TEST_EVENT, WEBHOOK_URL_LONGEST } from '@claviger/core';
import { z } from 'zod';
import { eventObject } from './audit-events.ts';
import { eventId, instant, note, webhookId } from './fields.ts';
import { keyObject } from './keys.ts';

/** Scheme, host, perhaps a port; a path and a query; nothing that parsers read in two ways. */
const URL_SHAPE = /^https?:\/\/[^\s/?#@\\]+(?:[/?][^\s#\\]*)?$/i;
const URL_ERROR = `must be an https:// URL of at most ${WEBHOOK_URL_LONGEST} characters, without credentials and without a fragment`;

const askedUrl = z
  .url({ protocol: /^https?$/, error: URL_ERROR })
  .max(WEBHOOK_URL_LONGEST, { error: URL_ERROR })
  .regex(URL_SHAPE, { error: URL_ERROR })
  .describe(
    `Where events are sent: an https URL of up to ${WEBHOOK_URL_LONGEST} characters, without credentials and without a fragment. Plain http is for addresses that the operator names.`,
  );

const NAMES = [EVERY_KEY_EVENT, ...KEY_EVENT_NAMES] as const;
const NAMES_ERROR = `must be one of ${NAMES.join(', ')}`;
const askedNames = z
  .array(z.enum(NAMES, { error: NAMES_ERROR }))
  .min(1, { error: `must name 1 to ${NAMES.length} events` })
  .max(NAMES.length, { error: `must name 1 to ${NAMES.length} events` })
  .describe('The events to be told of; `key.*` is every event of a key.');

const askedDescription = note().nullable().describe('What it is for, up to 1,000 characters; null is nothing.');

const failure = z
  .strictObject({
    at: instant().describe('When the last failed attempt ended.'),
    status: z.int().nullable().describe('The status that was answered; null when there was no answer.'),
    reason: z
      .enum([
        'status',
        'redirect',
        'gone',
        'timed_out',
        'connection_failed',
        'name_not_found',
        'address_not_allowed',
        'url_not_allowed',
        'secret_unreadable',
      ])
      .describe('Why it failed.'),
  })
  .meta({ id: 'WebhookFailure', description: 'The last attempt that failed.' });

const webhookFields = {
  object: z.literal('webhook').describe('Always `webhook`.'),
  id: webhookId().describe('The id of the webhook.'),
  url: z.string().describe('Where events are sent.'),
  event_names: z.array(z.string()).describe('The events it is told of; `key.*` is every event of a key.'),
  description: z.string().nullable().describe('What it is for, if somebody wrote that down.'),
  enabled: z.boolean().describe('Whether events are sent.'),
  disabled_at: instant().nullable().describe('Since when nothing is sent; null while it is enabled.'),
  disabled_reason: z
    .enum(['request', 'failures', 'gone'])
    .nullable()
    .describe('On request; after the last retry failed; or because the receiver answered 410.'),
  created_at: instant().describe('When it was created.'),
  previous_secret_ends_at: instant()
    .nullable()
    .describe('Until when the secret before the last rotation signs along; null when that is over or never was.'),
  last_success_at: instant().nullable().describe('When an event was last delivered; null for never.'),
  last_failure: failure.nullable().describe('The last attempt that failed, also when it was delivered since.'),
  pending_since: instant()
    .nullable()
    .describe('When the event happened that could not be delivered yet; null when none waits for a retry.'),
  failed_attempts: z.int().nonnegative().describe('Failed attempts at the event that waits.'),
  next_attempt_at: instant().nullable().describe('When the event that waits is tried again; null when none waits.'),
};

/** Where events are sent (R8). */
export const webhookObject = z
  .strictObject(webhookFields)
  .meta({ id: 'Webhook', description: 'Where events are sent, and how far that has come. Never its secret.' });
export type WebhookObject = z.output<typeof webhookObject>;

/** A webhook in the answers that show its secret: created, rotated. */
export const webhookWithSecret = z
  .strictObject({
    ...webhookFields,
    secret: z
      .string()
      .exactOptional()
      .describe('What messages are signed with: `whsec_` and base64. Shown in this answer only; absent in a replay.'),
  })
  .meta({ id: 'WebhookWithSecret', description: 'A webhook with its secret, which no other answer shows.' });
export type WebhookWithSecretObject = z.output<typeof webhookWithSecret>;

/** A webhook to create. */
export const createWebhookBody = z
  .strictObject({
    url: askedUrl,
    event_names: askedNames.exactOptional(),
    description: askedDescription.exactOptional(),
    enabled: z.boolean().exactOptional().describe('Whether events are sent from now on; absent is yes.'),
  })
  .meta({ id: 'CreateWebhook', description: 'A webhook to create; absent `event_names` are every event of a key.' });

/** What to change of a webhook; what is absent stays. */
export const editWebhookBody = z
  .strictObject({
    url: askedUrl.exactOptional(),
    event_names: askedNames.exactOptional(),
    description: askedDescription.exactOptional(),
    enabled: z
      .boolean()
      .exactOptional()
      .describe(
        'False sends nothing any more. True sends again: after failures from where it stopped, else from now on.',
      ),
  })
  .meta({ id: 'EditWebhook', description: 'Changes to a webhook; what is absent stays as it is.' });

/** What is sent for one event (R8). The header `webhook-id` carries the id of the event. */
export const webhookMessage = z
  .strictObject({
    type: z.string().describe(`What happened, for example \`key.force_expired\`; \`${TEST_EVENT}\` is a test.`),
    timestamp: instant().describe('When it happened.'),
    data: z
      .strictObject({
        event: eventObject,
        key: keyObject.nullable().describe('The key as it is now, when the message is sent; null when it is deleted.'),
      })
      .describe('The event, and the key that it is about.'),
  })
  .meta({ id: 'WebhookMessage', description: 'What a webhook gets for each event.' });
export type WebhookMessage = z.output<typeof webhookMessage>;

/** The headers of a message, as Standard Webhooks name them. */
export const webhookHeaders = {
  'webhook-id': eventId().describe('The id of the event: the same in every attempt, so that a repetition is noticed.'),
  'webhook-timestamp': z.string().describe('When this attempt was made, in seconds since 1970.'),
  'webhook-signature': z
    .string()
    .describe(
      '`v1,` and the HMAC-SHA256 of `<id>.<timestamp>.<body>` in base64; two with a space between for a day after a rotation.',
    ),
};
