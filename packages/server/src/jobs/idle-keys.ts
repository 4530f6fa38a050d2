import type { AccountId } from '@claviger/core';
import type { DecisionClock } from '../clock.ts';
import { applyIdleRule } from '../commands/apply-idle-rule.ts';
import type { CommandDeps } from '../commands/deps.ts';
import { tellOfIdleKeys } from '../commands/tell-of-idle-keys.ts';
import type { Job } from './run-jobs.ts';

/** What the job takes. */
export type IdleKeysDeps = {
  readonly commands: Pick<CommandDeps, 'read' | 'change' | 'randomBytes'>;
  readonly clock: Pick<DecisionClock, 'storable'>;
  /** Writes down all uses of keys up to now, or throws: who was used this very second must not look idle (D13). */
  readonly flushUses: () => Promise<void>;
};

/** Milliseconds. An idle time is measured in days, so an hour more or less is of no matter. */
const EVERY_MS = 3_600_000;

/**
 * Applies the idle rules of all accounts, hourly (E14). Every process that runs the control plane may do so at the same
 * time. The uses that other processes counted are written down by them within seconds, and nobody reports here that they
 * are: a key that is used elsewhere for the first time in all its idle days may be stopped in these very seconds.
 */
export function idleKeysJob(deps: IdleKeysDeps): Job {
  return {
    name: 'idle-keys',
    everyMs: EVERY_MS,
    run: async (stop) => {
      const accounts = await deps.commands.read((reader) => reader.idleKeys.accounts());
      for (const accountId of accounts) {
        if (stop.aborted) return;
        await applyTo(deps, accountId, stop);
      }
    },
  };
}

async function applyTo(
  { commands, clock, flushUses }: IdleKeysDeps,
  accountId: AccountId,
  stop: AbortSignal,
): Promise<void> {
  for (let acted = Number.POSITIVE_INFINITY; acted > 0 && !stop.aborted; ) {
    await flushUses();
    const applied = await applyIdleRule(commands, { accountId, certainNow: clock.storable() });
    acted = applied.ok ? applied.value.value : 0;
  }
  await tellOfIdleKeys(commands, { accountId, certainNow: clock.storable() });
}
