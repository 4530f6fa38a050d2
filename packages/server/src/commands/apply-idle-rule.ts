import { type AccountId, idleStep, type Instant, ok, unreachable } from '@claviger/core';
import type { Change, Key } from '@claviger/storage';
import type { CommandDeps } from './deps.ts';
import type { CommandOutcome } from './outcome.ts';
import { systemChange } from './system-change.ts';

/** Keys in one transaction: an hour's worth of most accounts, and nobody waits long for it. */
const KEYS_AT_ONCE = 100;

export type ApplyIdleRuleInput = {
  readonly accountId: AccountId;
  /** The time that is certain (E9): a clock that has jumped ahead must not make every key look idle. */
  readonly certainNow: Instant;
};

/**
 * Does what the idle rule of an account says to some of its idle keys: reports or disables them (E14). Answers with how many
 * it acted on; 0 is that nothing is left to do. Everything is judged inside the transaction, by what is stored then, so two
 * processes at once do everything once. What was used must be written down before it is asked.
 */
export function applyIdleRule(
  deps: Pick<CommandDeps, 'change'>,
  { accountId, certainNow: now }: ApplyIdleRuleInput,
): CommandOutcome<number> {
  return deps.change<number, never>(systemChange('idle_rule', { accountId, now }), async (change) => {
    const account = await change.read.accounts.find(accountId);
    const progress = await change.read.idleKeys.progress(accountId);
    if (account === null || account.idleRule === null || progress === null) return ok(0);
    const rule = { ...account.idleRule, since: progress.since };
    const due = await change.read.idleKeys.due({ account, rule, now }, KEYS_AT_ONCE);
    for (const key of due) await act(change, key, idleStep(key, rule, now));
    return ok(due.length);
  });
}

async function act(change: Change, key: Key, step: ReturnType<typeof idleStep>): Promise<void> {
  switch (step) {
    case 'report':
      return change.idleKeys.report(key);
    case 'disable':
      await change.keys.disable(key, 'idle');
      return;
    case 'nothing':
      // Asked again and again, such a key would be found again and again.
      throw new Error(`${key.id} was found for the idle rule, which has nothing to do with it`);
    default:
      return unreachable(step);
  }
}
