import { type AccountId, instant, type Instant, type MailId } from '@claviger/core';
import { type Kysely, type Selectable, sql } from 'kysely';
import { type Place, pageOf, placeOf } from './cursor.ts';
import type { LeasedMail, NewMail, UndeliveredMail } from './entities.ts';
import type { OutboxTable, Tables } from './schema.ts';
import type { Page, PageRequest, Reader } from './store.ts';

/** Reads what is on its way. */
export function outboxReader(db: Kysely<Tables>): Reader['outbox'] {
  return {
    listUndelivered: (accountId, overdueSince, page) => listUndelivered(db, { accountId, overdueSince }, page),
    hasQueued: async (accountId, template, since) => {
      const row = await db
        .selectFrom('outbox')
        .select('id')
        .where('account_id', '=', accountId)
        .where('template', '=', template)
        .where('created_at', '>=', since)
        .limit(1)
        .executeTakeFirst();
      return row !== undefined;
    },
  };
}

/** A new mail's row. */
export function newMailRow(mail: NewMail): Selectable<OutboxTable> {
  return {
    id: mail.id,
    account_id: mail.accountId,
    recipient: mail.recipient,
    template: mail.template,
    facts: JSON.stringify(mail.facts),
    created_at: mail.createdAt,
    due_at: mail.dueAt,
    attempts: 0,
    lease_id: null,
    leased_until: null,
    delivered_at: null,
    failed_at: null,
    dropped_at: null,
    first_refused_at: null,
    last_answer: null,
  };
}

/** A mail as its sender holds it. */
export function leasedMailFrom(row: Selectable<OutboxTable>, leaseId: string): LeasedMail {
  return {
    id: row.id as MailId,
    accountId: row.account_id as AccountId | null,
    recipient: row.recipient,
    template: row.template,
    facts: JSON.parse(row.facts) as LeasedMail['facts'],
    createdAt: instant(row.created_at),
    dueAt: instant(row.due_at),
    leaseId,
    attempts: row.attempts,
    firstRefusedAt: instantOrNull(row.first_refused_at),
  };
}

async function listUndelivered(
  db: Kysely<Tables>,
  filter: { readonly accountId: AccountId; readonly overdueSince: Instant },
  page: PageRequest,
): Promise<Page<UndeliveredMail>> {
  const after = placeOf(page);
  let query = db
    .selectFrom('outbox')
    .selectAll()
    .where('account_id', '=', filter.accountId)
    .where('delivered_at', 'is', null)
    .where('dropped_at', 'is', null)
    .where((eb) =>
      eb.or([
        eb('failed_at', 'is not', null),
        eb('last_answer', 'is not', null),
        eb('due_at', '<', filter.overdueSince),
      ]),
    );
  if (after !== null) query = query.where(sql<boolean>`(created_at, id) < (${after.at}, ${after.id})`);
  const rows = await query
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(page.limit + 1)
    .execute();
  return pageOf(rows.map(undeliveredFrom), page.limit, placeOfMail);
}

function undeliveredFrom(row: Selectable<OutboxTable>): UndeliveredMail {
  return {
    id: row.id as MailId,
    recipient: row.recipient,
    template: row.template,
    createdAt: instant(row.created_at),
    attempts: row.attempts,
    lastAnswer: row.last_answer,
    nextAttemptAt: row.failed_at === null ? instant(row.due_at) : null,
    failedAt: instantOrNull(row.failed_at),
  };
}

function placeOfMail(mail: UndeliveredMail): Place {
  return { at: mail.createdAt, id: mail.id };
}

function instantOrNull(ms: number | null): Instant | null {
  return ms === null ? null : instant(ms);
}
