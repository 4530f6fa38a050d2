import { deletePolicy } from '../../commands/delete-policy.ts';
import { changing, type Implementation } from '../call.ts';

/** `DELETE /v1/policies/{id}` (P4, P5). */
export const deletePolicyRoute: Implementation<'delete_policy'> = changing({
  run: (deps, { context, ids }) => deletePolicy(deps.commands, context, ids.id),
  present: () => null,
});
