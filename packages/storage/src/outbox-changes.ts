import { changesBetween } from '@claviger/core';
import { sql } from 'kysely';
import type { LeasedMail } from './entities.ts';
import { newMailRow } from './outbox.ts';
import type { Change } from './store.ts';
import { note, type Unit } from './unit.ts';

/** Queues mails with the change that they tell of: neither exists without the other (R4). */
export function outboxChanges(unit: Unit): Change['outbox'] {
  return {
    add: async (mail) => {
      await unit.db.insertInto('outbox').values(newMailRow(mail)).execute();
      unit.hasQuietWrites = true;
    },
    giveUp: (mail, answer) => giveUp(unit, mail, answer),
  };
}

/** The event says to whom and why, never what: what a mail told is on record where it happened (A3). */
async function giveUp(unit: Unit, mail: LeasedMail, answer: string): Promise<'given-up' | 'lease-lost'> {
  const { numUpdatedRows } = await unit.db
    .updateTable('outbox')
    .set({
      lease_id: null,
      leased_until: null,
      failed_at: unit.context.now,
      last_answer: answer,
      attempts: sql<number>`attempts + 1`,
    })
    .where('id', '=', mail.id)
    .where('lease_id', '=', mail.leaseId)
    .executeTakeFirst();
  if (numUpdatedRows !== 1n) return 'lease-lost';
  const after = { recipient: mail.recipient, template: mail.template, answer };
  const before = { recipient: null, template: null, answer: null };
  note(
    unit,
    {
      name: 'mail.failed',
      affectedUserId: null,
      resourceId: mail.id,
      keyKind: null,
      changes: changesBetween(before, after),
    },
    { accountId: mail.accountId },
  );
  return 'given-up';
}
