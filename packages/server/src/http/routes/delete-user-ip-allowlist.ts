import { changeUserIpAllowlist } from '../../commands/change-ip-allowlist.ts';
import { changing, type Implementation } from '../call.ts';

/** `DELETE /v1/users/{id}/ip-allowlist` (I1, U8): from then on the account's list holds for the user. */
export const deleteUserIpAllowlistRoute: Implementation<'delete_user_ip_allowlist'> = changing({
  run: (deps, { context, ids, query }) => {
    const isLockoutConfirmed = query.confirm_lockout === 'true';
    return changeUserIpAllowlist(deps.commands, context, { userId: ids.id, rules: null, isLockoutConfirmed });
  },
  present: () => null,
});
