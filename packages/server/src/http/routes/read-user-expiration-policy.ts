import { showUserExpirationPolicy } from '../../commands/show-user-expiration-policy.ts';
import { type Implementation, reading } from '../call.ts';
import { presentUserExpirationPolicy } from '../present-settings.ts';

/** `GET /v1/users/{id}/expiration-policy` (E3). */
export const readUserExpirationPolicyRoute: Implementation<'read_user_expiration_policy'> = reading({
  run: (deps, { context, ids }) => showUserExpirationPolicy(deps.commands, context, ids.id),
  present: (shown, { ids }) => presentUserExpirationPolicy(ids.id, shown),
});
