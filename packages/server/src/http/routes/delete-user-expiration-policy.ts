import { changeUserExpirationPolicy } from '../../commands/change-user-expiration-policy.ts';
import { changing, type Implementation } from '../call.ts';

/** `DELETE /v1/users/{id}/expiration-policy` (E3): from then on the user follows the account's. */
export const deleteUserExpirationPolicyRoute: Implementation<'delete_user_expiration_policy'> = changing({
  run: (deps, { context, ids }) => changeUserExpirationPolicy(deps.commands, context, { userId: ids.id, policy: {} }),
  present: () => null,
});
