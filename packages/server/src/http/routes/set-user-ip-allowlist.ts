import { changeUserIpAllowlist } from '../../commands/change-ip-allowlist.ts';
import { changing, type Implementation } from '../call.ts';
import { allowlistInput, presentUserIpAllowlist } from '../present-ip-allowlists.ts';

/** `PUT /v1/users/{id}/ip-allowlist` (I4, I5, U8): the whole list. */
export const setUserIpAllowlistRoute: Implementation<'set_user_ip_allowlist'> = changing({
  run: (deps, { context, ids, body }) =>
    changeUserIpAllowlist(deps.commands, context, { userId: ids.id, ...allowlistInput(body) }),
  present: presentUserIpAllowlist,
});
