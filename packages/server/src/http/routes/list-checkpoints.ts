import { type Checkpoint, formatVersion, ok } from '@claviger/core';
import { listCheckpoints } from '../../commands/list-checkpoints.ts';
import { type Implementation, reading } from '../call.ts';
import { pageOf } from '../page-of-list.ts';
import { presentPage } from '../present.ts';

/** `GET /v1/audit-log/checkpoints` (A4). */
export const listCheckpointsRoute: Implementation<'list_checkpoints'> = reading({
  run: async (deps, { context, query }) => {
    const checkpoints = await listCheckpoints(deps.commands, context);
    if (!checkpoints.ok) return checkpoints;
    // No two have the same place and time: one is taken when something changed.
    const page = pageOf(
      checkpoints.value.map((checkpoint) => ({ ...checkpoint, id: `${placeOf(checkpoint)}.${checkpoint.hash}` })),
      query,
    );
    return page.ok ? ok(page.value) : page;
  },
  present: (page) => presentPage(page, presentCheckpoint),
});

function presentCheckpoint({ epoch, version, hash, time, signature }: Checkpoint) {
  return { object: 'checkpoint' as const, epoch, version, hash, time, signature };
}

function placeOf({ epoch, version }: Checkpoint): string {
  return formatVersion({ epoch, n: version });
}
