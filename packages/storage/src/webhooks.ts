import { type AccountId, EVERY_KEY_EVENT, type Instant, instant, TEST_EVENT, type WebhookId } from '@claviger/core';
import { type Kysely, type Selectable, sql } from 'kysely';
import type { Webhook, WebhookDisabledReason } from './entities.ts';
import { eventFrom } from './events.ts';
import { textsFrom } from './json-columns.ts';
import type { Tables, WebhooksTable } from './schema.ts';
import type { WaitingWebhook, WebhookReader } from './webhook-store.ts';

/** Reads webhooks, and what they are to be told of. */
export function webhookReader(db: Kysely<Tables>): WebhookReader {
  return {
    find: (accountId, id) => findWebhook(db, accountId, id),
    list: async (accountId) => {
      const rows = await db
        .selectFrom('webhooks')
        .selectAll()
        .where('account_id', '=', accountId)
        .orderBy('created_at', 'desc')
        .orderBy('id', 'desc')
        .execute();
      return rows.map(webhookFrom);
    },
    waiting: (now, most) => waitingWebhooks(db, now, most),
    eventsFor: async (webhook, after, most) => {
      const rows = await eventsFor(db, webhook, after).orderBy('version').limit(most).execute();
      return rows.map(eventFrom);
    },
    findLeased: async (id, leaseId) => {
      const query = db.selectFrom('webhooks').selectAll().where('id', '=', id).where('lease_id', '=', leaseId);
      const row = await query.where('disabled_at', 'is', null).executeTakeFirst();
      return row === undefined ? null : webhookFrom(row);
    },
  };
}

/** Finds a webhook of an account, or null. */
export async function findWebhook(db: Kysely<Tables>, accountId: AccountId, id: WebhookId): Promise<Webhook | null> {
  const query = db.selectFrom('webhooks').selectAll().where('id', '=', id).where('account_id', '=', accountId);
  const row = await query.executeTakeFirst();
  return row === undefined ? null : webhookFrom(row);
}

/** The newest version of an account's log; 0 while it is empty. */
export async function newestVersionOf(db: Kysely<Tables>, accountId: AccountId): Promise<number> {
  const query = db.selectFrom('audit_events').select((eb) => eb.fn.max('version').as('newest'));
  const row = await query.where('account_id', '=', accountId).executeTakeFirst();
  return Number(row?.newest ?? 0);
}

/** A webhook's row. It begins without a lease. */
export function webhookRow(webhook: Webhook): Selectable<WebhooksTable> {
  const { delivery, previousSecret } = webhook;
  return {
    id: webhook.id,
    account_id: webhook.accountId,
    url: webhook.url,
    event_names: JSON.stringify(webhook.eventNames),
    description: webhook.description,
    secret: webhook.secret,
    previous_secret: previousSecret?.secret ?? null,
    previous_secret_ends_at: previousSecret?.endsAt ?? null,
    created_at: webhook.createdAt,
    disabled_at: webhook.disabledAt,
    disabled_reason: webhook.disabledReason,
    position: delivery.position,
    attempts: delivery.attempts,
    due_at: delivery.dueAt,
    pending_since: delivery.pendingSince,
    last_success_at: delivery.lastSuccessAt,
    last_failure_at: delivery.lastFailure?.at ?? null,
    last_failure_status: delivery.lastFailure?.status ?? null,
    last_failure_reason: delivery.lastFailure?.reason ?? null,
    lease_id: null,
    leased_until: null,
  };
}

function webhookFrom(row: Selectable<WebhooksTable>): Webhook {
  const previousEndsAt = instantFrom(row.previous_secret_ends_at);
  const { previous_secret: previous } = row;
  return {
    id: row.id as WebhookId,
    accountId: row.account_id as AccountId,
    url: row.url,
    eventNames: textsFrom(row.event_names),
    description: row.description,
    secret: row.secret,
    previousSecret: previous === null || previousEndsAt === null ? null : { secret: previous, endsAt: previousEndsAt },
    createdAt: instant(row.created_at),
    disabledAt: instantFrom(row.disabled_at),
    disabledReason: row.disabled_reason as WebhookDisabledReason | null,
    delivery: deliveryFrom(row),
  };
}

function deliveryFrom(row: Selectable<WebhooksTable>): Webhook['delivery'] {
  const failedAt = instantFrom(row.last_failure_at);
  return {
    position: row.position,
    attempts: row.attempts,
    dueAt: instant(row.due_at),
    pendingSince: instantFrom(row.pending_since),
    lastSuccessAt: instantFrom(row.last_success_at),
    lastFailure:
      failedAt === null
        ? null
        : { at: failedAt, status: row.last_failure_status, reason: row.last_failure_reason ?? '' },
  };
}

function instantFrom(ms: number | null): Instant | null {
  return ms === null ? null : instant(ms);
}

/** One query for the webhooks of all accounts: for each that is due, one step into the index of its account's events. */
async function waitingWebhooks(db: Kysely<Tables>, now: Instant, most: number): Promise<readonly WaitingWebhook[]> {
  const newest = sql<number>`(select max(version) from audit_events where audit_events.account_id = webhooks.account_id)`;
  const rows = await db
    .selectFrom('webhooks')
    .selectAll()
    .select(newest.as('newest'))
    .where('disabled_at', 'is', null)
    .where('due_at', '<=', now)
    .where((eb) => eb.or([eb('leased_until', 'is', null), eb('leased_until', '<=', now)]))
    .where(sql<boolean>`position < ${newest}`)
    .orderBy('due_at')
    .orderBy('id')
    .limit(most)
    .execute();
  return rows.map((row) => ({ webhook: webhookFrom(row), newest: Number(row.newest) }));
}

function eventsFor(db: Kysely<Tables>, webhook: Webhook, after: number) {
  const names = webhook.eventNames.filter((name) => name !== EVERY_KEY_EVENT);
  return db
    .selectFrom('audit_events')
    .selectAll()
    .where('account_id', '=', webhook.accountId)
    .where('version', '>', after)
    .where((eb) =>
      eb.or([
        eb.and([eb('event_name', '=', TEST_EVENT), eb('resource_id', '=', webhook.id)]),
        ...(names.length === 0 ? [] : [eb('event_name', 'in', names)]),
        // All names that begin with `key.`: `/` is the character after the full stop.
        ...(names.length === webhook.eventNames.length
          ? []
          : [eb.and([eb('event_name', '>=', 'key.'), eb('event_name', '<', 'key/')])]),
      ]),
    );
}
