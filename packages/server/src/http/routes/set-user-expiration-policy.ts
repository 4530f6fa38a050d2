import { lifespan, ok, type UserExpirationPolicy } from '@claviger/core';
import { changeUserExpirationPolicy } from '../../commands/change-user-expiration-policy.ts';
import { type Call, changing, type Implementation } from '../call.ts';
import { presentUserExpirationPolicy } from '../present-settings.ts';

/** `PUT /v1/users/{id}/expiration-policy` (E3): the whole policy; a kind that is absent follows the account's. */
export const setUserExpirationPolicyRoute: Implementation<'set_user_expiration_policy'> = changing({
  run: async (deps, { context, ids, body }) => {
    const input = { userId: ids.id, policy: policyOf(body) };
    const changed = await changeUserExpirationPolicy(deps.commands, context, input);
    return changed.ok ? ok({ ...changed.value, value: { userId: ids.id, shown: changed.value.value } }) : changed;
  },
  present: ({ userId, shown }) => presentUserExpirationPolicy(userId, shown),
});

function policyOf(body: Call<'set_user_expiration_policy'>['body']): UserExpirationPolicy {
  return {
    ...(body.master === undefined ? {} : { master: lifespan(body.master.lifespan_days) }),
    ...(body.write_only === undefined ? {} : { write_only: lifespan(body.write_only.lifespan_days) }),
  };
}
