import { parseUserId } from '@claviger/core';
import { handOver } from '../../commands/hand-over.ts';
import { changing, type Implementation } from '../call.ts';
import { presentHandOver } from '../present-deletion.ts';

/** `POST /v1/account/hand-over` (U1, U8). */
export const handOverAccountRoute: Implementation<'hand_over_account'> = changing({
  run: (deps, { context, body }) => {
    const newOwnerId = parseUserId(body.new_owner_id);
    if (newOwnerId === null) throw new Error('the schema let an id through that is none');
    return handOver(deps.commands, context, newOwnerId);
  },
  present: presentHandOver,
});
