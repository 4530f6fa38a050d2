import { type AccountId, instant, ok, REMINDERS_AT_ONCE, REMINDERS_KEPT_MS } from '@claviger/core';
import type { DecisionClock } from '../clock.ts';
import type { CommandDeps } from '../commands/deps.ts';
import { queueReminders, REMINDERS_ORIGIN } from '../commands/queue-reminders.ts';
import type { Job } from './run-jobs.ts';

/** What the job takes. */
export type RemindersDeps = {
  readonly commands: Pick<CommandDeps, 'read' | 'change' | 'randomBytes'>;
  readonly clock: Pick<DecisionClock, 'now' | 'storable' | 'isJumping'>;
};

/** Milliseconds. A key that is due when it is made is told of within a minute, of which its mail waits ten seconds (R6). */
const EVERY_MS = 5_000;
const FORGET_EVERY_MS = 3_600_000;
/** Transactions in one run, 10,000 keys: what is left is for the next one. */
const ROUNDS_MOST = 50;

/**
 * Finds keys of which somebody is to be told, and queues the mails (R2, R4). Any number of processes may run it at once.
 * While the clock has just jumped ahead nothing is queued: a reminder cannot be taken back, and a bad clock would send one
 * of every key. After ten minutes the clock is believed (E9). A server that was down and finds the clock far ahead of its
 * last stored time goes by the clock: that is what being down looks like (R5).
 */
export function remindersJob(deps: RemindersDeps): Job {
  return { name: 'reminders', everyMs: EVERY_MS, run: (stop) => run(deps, stop) };
}

async function run({ commands, clock }: RemindersDeps, stop: AbortSignal): Promise<void> {
  const faults: unknown[] = [];
  const waiting = new Set(await dueAccounts({ commands, clock }));
  const mayGoOn = (): boolean => !clock.isJumping() && !stop.aborted;
  // One account after the other gets a turn, so that a large one keeps none waiting, nor does one whose turn fails.
  for (let rounds = 0; rounds < ROUNDS_MOST && waiting.size > 0 && mayGoOn(); ) {
    for (const accountId of waiting) {
      if (!mayGoOn()) break;
      rounds += 1;
      const at = { accountId, now: clock.now(), storable: clock.storable() };
      const queued = await queueReminders(commands, at).catch((fault: unknown) => {
        faults.push(fault);
        return 0;
      });
      if (queued < REMINDERS_AT_ONCE) waiting.delete(accountId);
    }
  }
  if (faults.length > 0) throw new AggregateError(faults, 'reminders of some accounts could not be queued');
}

function dueAccounts({ commands, clock }: RemindersDeps): Promise<readonly AccountId[]> {
  const now = clock.now();
  return commands.read((reader) => reader.reminders.dueAccounts(now));
}

/** Forgets what was intended for expiries that are long past, so that its table grows with the keys and not with the years. */
export function forgetRemindersJob({ commands, clock }: RemindersDeps): Job {
  const forgetSome = async (): Promise<number> => {
    const now = clock.now();
    const storable = clock.storable();
    const before = instant(Math.max(0, storable - REMINDERS_KEPT_MS));
    const context = { accountId: null, origin: REMINDERS_ORIGIN, now, storable, replay: null };
    const outcome = await commands.change<number, never>(context, async (change) =>
      ok(await change.reminders.forget(before)),
    );
    return outcome.ok ? outcome.value.value : 0;
  };
  return {
    name: 'forget-reminders',
    everyMs: FORGET_EVERY_MS,
    run: async () => {
      for (let rounds = 0; rounds < ROUNDS_MOST && (await forgetSome()) > 0; ) rounds += 1;
    },
  };
}
