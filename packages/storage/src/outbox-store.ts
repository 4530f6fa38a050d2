import type { Instant } from '@claviger/core';
import type { LeasedMail, MailSettlement, NewMail } from './entities.ts';

/** Mails on their way. Attempts are no changes of state: they have no events (R4, R7). */
export type Outbox = {
  /**
   * Takes mails that are due and that nobody holds, those that wait longest first. Until `until` nobody else gets them; a
   * sender that died holds them no longer than that.
   */
  lease(ask: {
    readonly leaseId: string;
    readonly now: Instant;
    readonly until: Instant;
    readonly limit: number;
  }): Promise<readonly LeasedMail[]>;
  /** Notes what became of an attempt and gives the mail back; `lease-lost` when somebody else holds it by now. */
  settle(mail: Pick<LeasedMail, 'id' | 'leaseId'>, as: MailSettlement): Promise<'settled' | 'lease-lost'>;
  /** Deletes mails that were delivered, given up or dropped before an instant; says how many. */
  deleteSettled(before: Instant): Promise<number>;
};

/** Queueing mails, and giving them up: what is part of a change. */
export type OutboxChanges = {
  /** Queues a mail, to be sent only if the change is committed. It has no event of its own. */
  add(mail: NewMail): Promise<void>;
  /** Gives a mail up for good: from now on it is only listed (R7). */
  giveUp(mail: LeasedMail, answer: string): Promise<'given-up' | 'lease-lost'>;
};
