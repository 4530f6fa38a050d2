import { KEY_EVENT_NAMES, TEST_EVENT } from '@claviger/core';
import { webhookHeaders, webhookMessage } from '../schemas/webhooks.ts';
import type { Json, SchemaComponents } from './components.ts';

/** What is sent to webhooks (R8): one operation, since all events look alike. */
export function webhookOperations(
  components: SchemaComponents,
): Readonly<Record<string, Readonly<Record<string, Json>>>> {
  const parameters = Object.entries(webhookHeaders).map(([name, header]) => {
    const { description, ...schema } = components.ofAnswer(header);
    return { name, in: 'header', required: true, description, schema };
  });
  return {
    event: {
      post: {
        operationId: 'receive_event',
        summary: 'One event of a key',
        description: `Sent for ${KEY_EVENT_NAMES.join(', ')}, and for ${TEST_EVENT}; in order, signed, and again until it is answered with 2xx.`,
        tags: ['Webhooks'],
        parameters,
        requestBody: {
          required: true,
          content: { 'application/json': { schema: components.ofAnswer(webhookMessage) } },
        },
        responses: {
          '2XX': { description: 'It has arrived.' },
          '410': { description: 'The receiver wants no more: the webhook is disabled.' },
          default: { description: 'It is sent again later.' },
        },
      },
    },
  };
}
