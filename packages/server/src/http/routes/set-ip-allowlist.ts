import { changeIpAllowlist } from '../../commands/change-ip-allowlist.ts';
import { changing, type Implementation } from '../call.ts';
import { allowlistInput, presentIpAllowlist } from '../present-ip-allowlists.ts';

/** `PUT /v1/ip-allowlist` (I4, I5, U8): the whole list. */
export const setIpAllowlistRoute: Implementation<'set_ip_allowlist'> = changing({
  run: (deps, { context, body }) => changeIpAllowlist(deps.commands, context, allowlistInput(body)),
  present: presentIpAllowlist,
});
