import { detachPolicy } from '../../commands/detach-policy.ts';
import { changing, type Implementation } from '../call.ts';

/** `DELETE /v1/policies/{id}/users/{user_id}` (P4, P5). */
export const detachPolicyRoute: Implementation<'detach_policy'> = changing({
  run: (deps, { context, ids }) => detachPolicy(deps.commands, context, { policyId: ids.id, userId: ids.userId }),
  present: () => null,
});
