import { type AttributeChange, changesBetween, formatInstant, TEST_EVENT } from '@claviger/core';
import type { NewWebhook, Webhook, WebhookDisabledReason } from './entities.ts';
import { absent, webhookAttributes } from './event-attributes.ts';
import { note, type Unit } from './unit.ts';
import { failureColumns } from './webhook-queue.ts';
import type { WebhookChanges, WebhookGivenUp } from './webhook-store.ts';
import { findWebhook, newestVersionOf, webhookReader, webhookRow } from './webhooks.ts';

/** Whoever serves it notices that the lease is gone, and counts nothing. */
const BEGIN_ANEW = { lease_id: null, leased_until: null, attempts: 0, pending_since: null } as const;

/** Changes webhooks. Verifiers know nothing of them. */
export function webhookChanges(unit: Unit): WebhookChanges {
  return {
    create: (webhook) => createWebhook(unit, webhook),
    edit: (webhook, to) => editWebhook(unit, webhook, to),
    delete: async (webhook) => {
      const attributes = webhookAttributes(await currentWebhook(unit, webhook));
      await unit.db.deleteFrom('webhooks').where('id', '=', webhook.id).execute();
      noteWebhook(unit, 'webhook.deleted', webhook, changesBetween(attributes, absent(attributes)));
    },
    rotateSecret: (webhook, to) => rotateSecret(unit, webhook, to),
    disable: (webhook) => disableWebhook(unit, webhook),
    enable: (webhook) => enableWebhook(unit, webhook),
    test: async (webhook) => {
      await unit.db
        .updateTable('webhooks')
        .set({ due_at: unit.context.now, attempts: 0 })
        .where('id', '=', webhook.id)
        .execute();
      noteWebhook(unit, TEST_EVENT, webhook, []);
    },
    giveUp: (webhook, why) => giveUp(unit, webhook, why),
  };
}

async function createWebhook(unit: Unit, made: NewWebhook): Promise<Webhook> {
  const webhook: Webhook = {
    ...made,
    previousSecret: null,
    disabledReason: made.disabledAt === null ? null : 'request',
    delivery: {
      position: await newestVersionOf(unit.db, made.accountId),
      attempts: 0,
      dueAt: made.createdAt,
      pendingSince: null,
      lastSuccessAt: null,
      lastFailure: null,
    },
  };
  await unit.db.insertInto('webhooks').values(webhookRow(webhook)).execute();
  const attributes = webhookAttributes(webhook);
  noteWebhook(unit, 'webhook.created', webhook, changesBetween(absent(attributes), attributes));
  return webhook;
}

async function editWebhook(
  unit: Unit,
  webhook: Webhook,
  to: Partial<Pick<Webhook, 'url' | 'eventNames' | 'description'>>,
): Promise<void> {
  const before = await currentWebhook(unit, webhook);
  const after: Webhook = { ...before, ...to };
  const changes = changesBetween(webhookAttributes(before), webhookAttributes(after));
  if (changes.length === 0) return;
  const { url, event_names, description } = webhookRow(after);
  const isElsewhere = before.url !== after.url;
  await unit.db
    .updateTable('webhooks')
    .set({ url, event_names, description, ...(isElsewhere ? { ...BEGIN_ANEW, due_at: unit.context.now } : {}) })
    .set({ position: await positionAfterEdit(unit, before, after) })
    .where('id', '=', webhook.id)
    .execute();
  noteWebhook(unit, 'webhook.changed', webhook, changes);
}

/** With other names, what nobody had asked for until now is over and not told of; what still waits stays. */
async function positionAfterEdit(unit: Unit, before: Webhook, after: Webhook): Promise<number> {
  const { position } = before.delivery;
  if (JSON.stringify(before.eventNames) === JSON.stringify(after.eventNames)) return position;
  const [waiting] = await webhookReader(unit.db).eventsFor(before, position, 1);
  return waiting === undefined ? newestVersionOf(unit.db, before.accountId) : waiting.version - 1;
}

async function rotateSecret(
  unit: Unit,
  webhook: Webhook,
  { secret, previousEndsAt }: Parameters<WebhookChanges['rotateSecret']>[1],
): Promise<Webhook> {
  const before = await currentWebhook(unit, webhook);
  const after: Webhook = { ...before, secret, previousSecret: { secret: before.secret, endsAt: previousEndsAt } };
  await unit.db
    .updateTable('webhooks')
    .set({ secret, previous_secret: before.secret, previous_secret_ends_at: previousEndsAt })
    .where('id', '=', webhook.id)
    .execute();
  const old = before.previousSecret === null ? null : formatInstant(before.previousSecret.endsAt);
  noteWebhook(unit, 'webhook.secret_rotated', webhook, [
    { attribute: 'previous_secret_ends_at', old, new: formatInstant(previousEndsAt) },
  ]);
  return after;
}

async function disableWebhook(unit: Unit, webhook: Webhook): Promise<'disabled' | 'already-disabled'> {
  const before = await currentWebhook(unit, webhook);
  if (before.disabledAt !== null) return 'already-disabled';
  await unit.db
    .updateTable('webhooks')
    .set({ disabled_at: unit.context.now, disabled_reason: 'request', ...BEGIN_ANEW })
    .where('id', '=', webhook.id)
    .execute();
  noteDisabled(unit, before, 'request');
  return 'disabled';
}

async function enableWebhook(unit: Unit, webhook: Webhook): Promise<'enabled' | 'not-disabled'> {
  const before = await currentWebhook(unit, webhook);
  if (before.disabledAt === null) return 'not-disabled';
  const goesOn = before.disabledReason === 'failures';
  await unit.db
    .updateTable('webhooks')
    .set({ disabled_at: null, disabled_reason: null, ...BEGIN_ANEW, due_at: unit.context.now })
    .set({ position: goesOn ? before.delivery.position : await newestVersionOf(unit.db, before.accountId) })
    .where('id', '=', webhook.id)
    .execute();
  const after: Webhook = { ...before, disabledAt: null, disabledReason: null };
  noteWebhook(unit, 'webhook.enabled', webhook, changesBetween(webhookAttributes(before), webhookAttributes(after)));
  return 'enabled';
}

async function giveUp(
  unit: Unit,
  webhook: Webhook,
  { leaseId, reason, failure }: WebhookGivenUp,
): Promise<'disabled' | 'lease-lost'> {
  const { numUpdatedRows } = await unit.db
    .updateTable('webhooks')
    .set({ disabled_at: unit.context.now, disabled_reason: reason, ...failureColumns(failure) })
    .set({ lease_id: null, leased_until: null })
    .where('id', '=', webhook.id)
    .where('lease_id', '=', leaseId)
    .where('disabled_at', 'is', null)
    .executeTakeFirstOrThrow();
  if (numUpdatedRows === 0n) return 'lease-lost';
  noteDisabled(unit, webhook, reason);
  return 'disabled';
}

function noteDisabled(unit: Unit, before: Webhook, disabledReason: WebhookDisabledReason): void {
  const after: Webhook = { ...before, disabledAt: unit.context.now, disabledReason };
  noteWebhook(unit, 'webhook.disabled', before, changesBetween(webhookAttributes(before), webhookAttributes(after)));
}

function noteWebhook(unit: Unit, name: string, { id, accountId }: Webhook, changes: readonly AttributeChange[]): void {
  note(unit, { name, affectedUserId: null, resourceId: id, keyKind: null, changes }, { accountId });
}

async function currentWebhook(unit: Unit, webhook: Webhook): Promise<Webhook> {
  const current = await findWebhook(unit.db, webhook.accountId, webhook.id);
  if (current === null) throw new Error(`there is no webhook ${webhook.id} to change`);
  return current;
}
