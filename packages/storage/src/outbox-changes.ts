import type { Selectable } from 'kysely';
import type { NewMail } from './entities.ts';
import type { OutboxTable } from './schema.ts';
import type { Change } from './store.ts';
import type { Unit } from './unit.ts';

/** Queues mails with the change that they tell of: neither exists without the other (R4). */
export function outboxChanges(unit: Unit): Change['outbox'] {
  return {
    add: async (mail) => {
      await unit.db.insertInto('outbox').values(newMailRow(mail)).execute();
      unit.hasQuietWrites = true;
    },
  };
}

function newMailRow(mail: NewMail): Selectable<OutboxTable> {
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
    last_answer: null,
  };
}
