import { showUserIpAllowlist } from '../../commands/show-ip-allowlist.ts';
import { type Implementation, reading } from '../call.ts';
import { presentUserIpAllowlist } from '../present-ip-allowlists.ts';

/** `GET /v1/users/{id}/ip-allowlist` (I1, I4). */
export const readUserIpAllowlistRoute: Implementation<'read_user_ip_allowlist'> = reading({
  run: (deps, { context, ids }) => showUserIpAllowlist(deps.commands, context, ids.id),
  present: presentUserIpAllowlist,
});
