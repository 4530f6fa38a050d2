import { type Checkpoint, ok } from '@claviger/core';
import type { CommandContext, CommandDeps } from './deps.ts';
import type { Outcome } from './outcome.ts';
import { readAs } from './run-as.ts';

/** Lists the checkpoints of this node, newest first (A4). They tell of the whole installation, and of nobody's doings. */
export function listCheckpoints(
  deps: Pick<CommandDeps, 'read' | 'checkpoints'>,
  context: CommandContext,
): Outcome<readonly Checkpoint[]> {
  return readAs(deps, context, async () => ok(deps.checkpoints().toReversed()));
}
