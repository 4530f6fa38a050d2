import {
  type AccountId,
  DAY_MS,
  formatInstant,
  IDLE_KEYS_NAMED_MOST,
  type IdleRule,
  idleNoticeEndsAt,
  instant,
  type Instant,
  ok,
} from '@claviger/core';
import type { ActedOn, Change, IdleProgress } from '@claviger/storage';
import type { MailMessage } from '../mail/messages.ts';
import type { CommandDeps } from './deps.ts';
import { namedKey } from './named-key.ts';
import type { CommandOutcome } from './outcome.ts';
import { queueMail } from './queue-mail.ts';
import { systemChange } from './system-change.ts';

/**
 * Tells the Owner and the administrators of an account what its idle rule did since they were told last (E14): one mail
 * each in 24 hours at most. What the rule does in between is told the next day. Answers with how many mails were queued.
 */
export function tellOfIdleKeys(
  deps: Pick<CommandDeps, 'change' | 'randomBytes'>,
  { accountId, certainNow: now }: { readonly accountId: AccountId; readonly certainNow: Instant },
): CommandOutcome<number> {
  return deps.change<number, never>(systemChange('idle_rule', { accountId, now }), async (change) => {
    const account = await change.read.accounts.find(accountId);
    const progress = await change.read.idleKeys.progress(accountId);
    if (account === null || account.idleRule === null || progress === null) return ok(0);
    if (progress.toldAt !== null && now < progress.toldAt + DAY_MS) return ok(0);
    const message = await messageOf(change, accountId, { rule: account.idleRule, progress });
    if (message === null) return ok(0);
    const recipients = await change.read.users.administrativeOf(accountId);
    const addresses = recipients.flatMap(({ email }) => (email === null ? [] : [email]));
    for (const recipient of addresses) await queueMail(deps, change, { accountId, recipient, message });
    await change.idleKeys.keepTold(accountId);
    return ok(addresses.length);
  });
}

type IdleMessage = Extract<MailMessage, { readonly template: 'keys_idle' }>;
type State = { readonly rule: IdleRule; readonly progress: IdleProgress };

/** What was disabled goes before what was only reported; null when there is nothing to tell. */
async function messageOf(
  change: Change,
  accountId: AccountId,
  { rule: { days, action }, progress }: State,
): Promise<IdleMessage | null> {
  // What was done up to `toldAt` has been told; of a new rule everything from its first millisecond on is to be.
  const after = progress.toldAt ?? instant(progress.since - 1);
  const stopped = await change.read.idleKeys.stopped(accountId, after, IDLE_KEYS_NAMED_MOST);
  if (stopped.count > 0) {
    const facts = { days, action: 'disable', disablesFrom: null, ...(await listed(change, stopped)) } as const;
    return { template: 'keys_idle', facts };
  }
  const reported = await change.read.idleKeys.reported(accountId, after, IDLE_KEYS_NAMED_MOST);
  if (reported.count === 0) return null;
  const disablesFrom = action === 'disable' ? formatInstant(idleNoticeEndsAt(progress.since)) : null;
  const facts = { days, action: 'report', disablesFrom, ...(await listed(change, reported)) } as const;
  return { template: 'keys_idle', facts };
}

async function listed(change: Change, { keys, count }: ActedOn): Promise<Pick<IdleMessage['facts'], 'keys' | 'count'>> {
  const names = new Map<string, string>();
  for (const { accountId, ownerId } of keys) {
    if (!names.has(ownerId)) names.set(ownerId, (await change.read.users.find(accountId, ownerId))?.name ?? '');
  }
  return { count, keys: keys.map((key) => ({ ...namedKey(key), ownerName: names.get(key.ownerId) ?? '' })) };
}
