import {
  type DecisionCode,
  type Instant,
  instant,
  type KeyId,
  ok,
  plusMs,
  USAGE_STEPS,
  type UsageStep,
} from '@claviger/core';
import type { CommandContext, CommandDeps } from './deps.ts';
import { findManagedKey } from './managed-key.ts';
import type { Outcome } from './outcome.ts';
import { readAs } from './run-as.ts';

export type CountUsageInput = {
  readonly keyId: KeyId;
  readonly from: Instant | null;
  readonly to: Instant | null;
  readonly step: UsageStep;
};

/** Decisions on a key within a step, by their code. */
export type StepOfUsage = {
  readonly startsAt: Instant;
  readonly counts: Readonly<Partial<Record<DecisionCode, number>>>;
};

/** Counts what a key was allowed and refused for; of keys the caller does not manage nothing is told (D13, K9). */
export function countUsage(
  deps: Pick<CommandDeps, 'read'>,
  context: CommandContext,
  { keyId, from, to, step }: CountUsageInput,
): Outcome<readonly StepOfUsage[]> {
  return readAs(deps, context, async (acting, reader) => {
    const managed = await findManagedKey(reader, acting, keyId);
    if (!managed.ok) return managed;
    const { lengthMs, shownUnasked } = USAGE_STEPS[step];
    const last = Math.floor((to ?? acting.now) / lengthMs);
    const first = from === null ? Math.max(0, last - shownUnasked + 1) : Math.floor(from / lengthMs);
    const hours = await reader.usage.hours({
      accountId: acting.account.id,
      keyId,
      from: instant(first * lengthMs),
      to: plusMs(instant(last * lengthMs), lengthMs),
    });
    const steps = Map.groupBy(hours, ({ hour }) => Math.floor(hour / lengthMs));
    return ok([...steps].map(([at, some]) => ({ startsAt: instant(at * lengthMs), counts: sumOf(some) })));
  });
}

function sumOf(hours: readonly Pick<StepOfUsage, 'counts'>[]): StepOfUsage['counts'] {
  const sum: Partial<Record<DecisionCode, number>> = {};
  for (const { counts } of hours) {
    for (const [code, count] of Object.entries(counts) as [DecisionCode, number][])
      sum[code] = (sum[code] ?? 0) + count;
  }
  return sum;
}
