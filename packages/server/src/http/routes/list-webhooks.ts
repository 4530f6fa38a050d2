import { ok } from '@claviger/core';
import { listWebhooks } from '../../commands/list-webhooks.ts';
import { type Implementation, reading } from '../call.ts';
import { pageOf } from '../page-of-list.ts';
import { presentPage } from '../present.ts';
import { presentWebhook } from '../present-webhooks.ts';

/** `GET /v1/webhooks` (R8). */
export const listWebhooksRoute: Implementation<'list_webhooks'> = reading({
  run: async (deps, { context, query }) => {
    const webhooks = await listWebhooks(deps.commands, context);
    if (!webhooks.ok) return webhooks;
    const page = pageOf(webhooks.value, query);
    return page.ok ? ok(page.value) : page;
  },
  present: (page, { incoming }) => presentPage(page, (webhook) => presentWebhook(webhook, incoming.now)),
});
