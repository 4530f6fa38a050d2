import { type AccountId, dueReminder, type Instant, ok, type Origin, REMINDERS_AT_ONCE } from '@claviger/core';
import type { Account, Change } from '@claviger/storage';
import type { CommandDeps } from './deps.ts';
import { type DueKey, queueReminderMail, type Telling } from './queue-reminder-mail.ts';
import { reminderRecipients } from './reminder-recipients.ts';

/** What queuing takes. */
export type QueueRemindersDeps = Pick<CommandDeps, 'change' | 'randomBytes'>;

/** Whose reminders, and when. */
export type QueueRemindersInput = { readonly accountId: AccountId; readonly now: Instant; readonly storable: Instant };

/** Who does what the job does. */
export const REMINDERS_ORIGIN: Origin = {
  actor: { kind: 'system', part: 'reminders' },
  ipAddress: null,
  userAgent: null,
  httpMethod: null,
  path: null,
  requestId: null,
};

/**
 * Queues what is due of an account, a bounded number of keys of it, and answers with how many those were: 0 when nothing is
 * due. Intents, mails and events are one transaction, under the account's lock, and what is due is looked up inside it: a
 * process that dies leaves all or nothing, and one of several that try at once finds what the others left (R4).
 */
export async function queueReminders(
  deps: QueueRemindersDeps,
  { accountId, now, storable }: QueueRemindersInput,
): Promise<number> {
  const context = { accountId, origin: REMINDERS_ORIGIN, now, storable, replay: null };
  const outcome = await deps.change<number, never>(context, async (change) => {
    const account = await change.read.accounts.find(accountId);
    if (account === null) return ok(0);
    const due = await dueKeys(change, account);
    const isMoreToCome = due.length === REMINDERS_AT_ONCE;
    for (const telling of await tellings(change, account, due)) {
      await queueReminderMail(deps, change, { ...telling, isMoreToCome });
    }
    for (const [stepDays, some] of Map.groupBy(due, ({ reminder }) => reminder.stepDays)) {
      const keys = some.map(({ key }) => key);
      await change.reminders.keepStep(keys, stepDays);
    }
    return ok(due.length);
  });
  // Nothing here refuses; a fault is thrown.
  return outcome.ok ? outcome.value.value : 0;
}

async function dueKeys(change: Change, account: Account): Promise<readonly DueKey[]> {
  const found = await change.read.reminders.due(account, change.now, REMINDERS_AT_ONCE);
  return found.map(({ key, remindedStepDays }) => {
    const reminder = dueReminder({ ...key, remindedStepDays }, account, change.now);
    // Left out, the key would be found again for ever and hide others behind it.
    if (reminder === null) throw new Error(`${key.id} was found to be due and is not`);
    return { key, reminder };
  });
}

/** Who is to be told of what. A key whose owner is a service account may be told to several people (U6). */
async function tellings(change: Change, account: Account, due: readonly DueKey[]): Promise<readonly Telling[]> {
  const byRecipient = new Map<string, Telling & { readonly keys: DueKey[] }>();
  for (const [ownerId, keys] of Map.groupBy(due, ({ key }) => key.ownerId)) {
    const owner = await change.read.users.find(account.id, ownerId);
    const recipients = owner === null ? [] : await reminderRecipients(change.read, owner);
    for (const recipient of recipients) {
      const telling = byRecipient.get(recipient.id) ?? { recipient, keys: [] };
      telling.keys.push(...keys);
      byRecipient.set(recipient.id, telling);
    }
  }
  return [...byRecipient.values()];
}
