import { endSession } from '../../commands/end-session.ts';
import { type Implementation, changing } from '../call.ts';

/** `DELETE /v1/sessions/{id}` (U7). */
export const deleteSessionRoute: Implementation<'delete_session'> = changing({
  run: (deps, { context, ids }) => endSession(deps.commands, context, ids.id),
  present: () => null,
});
