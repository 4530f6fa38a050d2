import type { Change, User } from '@claviger/storage';
import type { ActingUser } from './acting-user.ts';
import type { CommandDeps } from './deps.ts';
import { namedKey } from './named-key.ts';
import { queueMail } from './queue-mail.ts';
import type { ReassignmentPlan } from './reassignment-plan.ts';
import { reminderRecipients } from './reminder-recipients.ts';

/** Keys that a mail names; of more there is no use in a mail. */
const NAMED_MOST = 100;

/**
 * Reassigns all keys of a user as planned, and tells the new owner by mail (U4). The keys of a disabled user stood still
 * and must not start again by passing on: they are disabled themselves, until the new owner enables them (U5).
 */
export async function reassignKeys(
  deps: Pick<CommandDeps, 'randomBytes' | 'seal'>,
  change: Change,
  acting: ActingUser,
  { formerOwner, plan }: { readonly formerOwner: User; readonly plan: ReassignmentPlan },
): Promise<void> {
  const isDisabling = formerOwner.disabledAt !== null;
  const seal: CommandDeps['seal'] = (row) => deps.seal(row);
  for (const { key, permissions } of plan.keys) {
    await change.keys.reassign(key, { ownerId: plan.newOwner.id, permissions, isDisabling, seal });
  }
  if (plan.keys.length === 0) return;
  const keys = plan.keys.slice(0, NAMED_MOST).map(({ key }) => namedKey(key));
  const { isWidening: isWidened } = plan;
  const facts = { formerOwner: formerOwner.name, by: acting.user.name, isWidened, keys };
  for (const { email: recipient } of await reminderRecipients(change.read, plan.newOwner)) {
    const message = { template: 'keys_reassigned', facts } as const;
    await queueMail(deps, change, { accountId: acting.account.id, recipient, message });
  }
}
