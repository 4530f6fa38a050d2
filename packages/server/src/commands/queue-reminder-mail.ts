import { type DueReminder, type Instant, type MailId, reminderLeavesAt, reminderSpanMs } from '@claviger/core';
import type { Change, Key } from '@claviger/storage';
import type { CommandDeps } from './deps.ts';
import { queueMail } from './queue-mail.ts';
import type { Recipient } from './reminder-recipients.ts';

/** A key and the reminder that is due of it. */
export type DueKey = { readonly key: Key; readonly reminder: DueReminder };

/** What one mail is to tell one person. */
export type Telling = { readonly recipient: Recipient; readonly keys: readonly DueKey[] };

/** The same, with whether more keys are due at this moment than were looked at yet. */
export type Round = Telling & { readonly isMoreToCome: boolean };

/**
 * Has somebody told of keys: in the mail that waits for them already if there is one, else in a new one (R6). Of keys they
 * know of already, because those were theirs before, they are not told again (R4).
 */
export async function queueReminderMail(
  deps: Pick<CommandDeps, 'randomBytes'>,
  change: Change,
  round: Round,
): Promise<void> {
  const keys = await newsOf(change, round);
  if (keys.length === 0) return;
  const { recipient } = round;
  const wanted = await leavesAt(change, { ...round, keys });
  const mail = (await joinWaitingMail(change, recipient, wanted)) ?? {
    id: await newMail(deps, change, { recipient, dueAt: wanted }),
    leavesAt: wanted,
  };
  await change.reminders.intend({
    mailId: mail.id,
    accountId: recipient.accountId,
    recipientId: recipient.id,
    intendedAt: change.now,
    leavesAt: mail.leavesAt,
    keys: keys.map(({ key, reminder }) => ({ key, stepDays: reminder.stepDays })),
  });
}

async function newsOf(change: Change, { recipient, keys }: Telling): Promise<readonly DueKey[]> {
  const ids = keys.map(({ key }) => key.id);
  const told = await change.read.reminders.remindedSteps(recipient.id, ids);
  return keys.filter(({ key, reminder }) => reminder.stepDays < (told.get(key.id) ?? Number.POSITIVE_INFINITY));
}

/** The earliest of what its keys ask for: nobody is kept waiting by what others can wait for (R6). */
async function leavesAt(change: Change, { recipient, keys, isMoreToCome }: Round): Promise<Instant> {
  let first: Instant | null = null;
  for (const [stepDays, some] of Map.groupBy(keys, ({ reminder }) => reminder.stepDays)) {
    const previous = await change.read.reminders.lastMailTo(recipient.id, stepDays);
    const round = { now: change.now, previousLeft: previous?.leavesAt ?? null, isMoreToCome };
    for (const due of some) {
      const wanted = reminderLeavesAt({ ...due.reminder, isDueSinceMade: isDueSinceMade(due) }, round);
      if (first === null || wanted < first) first = wanted;
    }
  }
  if (first === null) throw new Error('a mail is of at least one key');
  return first;
}

/** R2: whether the present secret was to live no longer than the step is long. */
function isDueSinceMade({ key, reminder }: DueKey): boolean {
  const madeAt = key.rotation?.rotatedAt ?? key.createdAt;
  return key.expiresAt !== null && key.expiresAt - madeAt <= reminderSpanMs(reminder.stepDays);
}

/** Whatever joins a mail joins the last one, so no other one can be waiting. */
async function joinWaitingMail(
  change: Change,
  recipient: Recipient,
  leavesAt: Instant,
): Promise<{ readonly id: MailId; readonly leavesAt: Instant } | null> {
  const last = await change.read.reminders.lastMailTo(recipient.id, null);
  if (last === null) return null;
  const joined = await change.reminders.joinMail({ id: last.mailId, recipient: recipient.email, leavesAt });
  return joined.kind === 'joined' ? { id: last.mailId, leavesAt: joined.leavesAt } : null;
}

function newMail(
  deps: Pick<CommandDeps, 'randomBytes'>,
  change: Change,
  { recipient, dueAt }: { readonly recipient: Recipient; readonly dueAt: Instant },
): Promise<MailId> {
  return queueMail(deps, change, {
    accountId: recipient.accountId,
    recipient: recipient.email,
    message: { template: 'keys_expiring', facts: { recipientId: recipient.id } },
    dueAt,
  });
}
