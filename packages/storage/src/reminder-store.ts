import type { AccountId, Instant, KeyId, MailId, UserId } from '@claviger/core';
import type { Account, DueKey, IntendedKey, Key, ReminderIntents } from './entities.ts';

/** What is to be told of keys that expire, and what was (R2 to R7). */
export type ReminderReader = {
  /** Accounts with keys of which somebody is to be told. Costs a few looks into an index when there are none. */
  dueAccounts(now: Instant): Promise<readonly AccountId[]>;
  /** Keys of an account for which `dueReminder` has an answer, but for those of disabled users; some `limit` of them. */
  due(
    account: Pick<Account, 'id' | 'reminderDays' | 'reminderSteps'>,
    now: Instant,
    limit: number,
  ): Promise<readonly DueKey[]>;
  /** The last mail with reminders to somebody, of one step or (null) of any, and when it was to leave (R6). */
  lastMailTo(
    recipientId: UserId,
    stepDays: number | null,
  ): Promise<{ readonly mailId: MailId; readonly leavesAt: Instant } | null>;
  /** The shortest step that somebody was told of each key's present expiry; keys they were told nothing of are absent. */
  remindedSteps(recipientId: UserId, keyIds: readonly KeyId[]): Promise<ReadonlyMap<KeyId, number>>;
  /** The keys of a mail that still have the expiry it tells of, and of which its recipient is told nothing later (R5, R7). */
  ofMail(accountId: AccountId, mailId: MailId): Promise<readonly IntendedKey[]>;
};

/** Noting what somebody is to be told. */
export type ReminderChanges = {
  /** Notes what a mail is to tell, with one event. Unique for key, step, recipient and expiry (R4). */
  intend(intents: ReminderIntents): Promise<void>;
  /** Keeps on the keys themselves that their owners were told of a step, so that they are not found again. */
  keepStep(keys: readonly Pick<Key, 'id'>[], stepDays: number): Promise<void>;
  /** Lets a mail that nobody has tried to send yet carry more, and leave at `leavesAt` if that is earlier (R6). */
  joinMail(mail: {
    readonly id: MailId;
    readonly recipient: string;
    readonly leavesAt: Instant;
  }): Promise<{ readonly kind: 'joined'; readonly leavesAt: Instant } | { readonly kind: 'on-its-way' }>;
  /** Forgets what was intended for expiries before an instant, some of it, without an event; says how much. */
  forget(before: Instant): Promise<number>;
};
