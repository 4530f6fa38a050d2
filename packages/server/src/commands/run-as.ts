import type { Result } from '@claviger/core';
import type { Change, Reader } from '@claviger/storage';
import type { Refusal } from '../refusal.ts';
import { type ActingUser, actingUser, refuseNarrowed } from './acting-user.ts';
import type { CommandContext, CommandDeps } from './deps.ts';
import type { CommandOutcome, Outcome } from './outcome.ts';

/** Runs a change as the caller, who is read again inside the transaction (see `acting-user.ts`). */
export function changeAs<T>(
  deps: Pick<CommandDeps, 'change'>,
  context: CommandContext,
  work: (acting: ActingUser, change: Change) => Outcome<T>,
): CommandOutcome<T> {
  return deps.change<T, Refusal>({ ...context.change, accountId: context.caller.accountId }, async (change) => {
    const acting = await managingUser(change.read, context);
    return acting.ok ? await work(acting.value, change) : acting;
  });
}

/** Answers a question as the caller, on one consistent state. */
export function readAs<T>(
  deps: Pick<CommandDeps, 'read'>,
  context: CommandContext,
  work: (acting: ActingUser, reader: Reader) => Outcome<T>,
): Outcome<T> {
  return deps.read<Result<T, Refusal>>(async (reader) => {
    const acting = await managingUser(reader, context);
    return acting.ok ? await work(acting.value, reader) : acting;
  });
}

async function managingUser(reader: Reader, context: CommandContext): Outcome<ActingUser> {
  const acting = await actingUser(reader, context);
  return acting.ok ? refuseNarrowed(acting.value) : acting;
}
