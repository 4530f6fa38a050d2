import { deleteKey } from '../../commands/delete-key.ts';
import { changing, type Implementation } from '../call.ts';

/** `DELETE /v1/keys/{id}` (X3, K10). */
export const deleteKeyRoute: Implementation<'delete_key'> = changing({
  run: (deps, { context, ids }) => deleteKey(deps.commands, context, ids.id),
  present: () => null,
});
