import { attachPolicy } from '../../commands/attach-policy.ts';
import { changing, type Implementation } from '../call.ts';

/** `PUT /v1/policies/{id}/users/{user_id}` (P4, P5). */
export const attachPolicyRoute: Implementation<'attach_policy'> = changing({
  run: (deps, { context, ids }) => attachPolicy(deps.commands, context, { policyId: ids.id, userId: ids.userId }),
  present: ({ policyId, userId }) => ({ object: 'policy_attachment', policy_id: policyId, user_id: userId }),
});
