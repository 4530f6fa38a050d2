import { ok, type ResourceId } from '@claviger/core';
import type { CommandContext, CommandDeps } from './deps.ts';
import type { CommandOutcome } from './outcome.ts';

/** Which refusal a known caller met, by its stable code, and what they named in the path. */
export type RecordDenialInput = { readonly code: string; readonly resourceId: ResourceId | null };

/** Records that a known caller's call was refused (A2). It is no change of theirs, so it takes no slot for replays. */
export function recordDenial(
  deps: Pick<CommandDeps, 'change'>,
  context: CommandContext,
  { code, resourceId }: RecordDenialInput,
): CommandOutcome<null> {
  const { accountId, user } = context.caller;
  return deps.change<null, never>({ ...context.change, replay: null, accountId }, async (change) => {
    change.record({
      name: 'access.denied',
      affectedUserId: user.id,
      resourceId,
      keyKind: null,
      changes: [{ attribute: 'code', old: null, new: code }],
      result: 'refused',
    });
    return ok(null);
  });
}
