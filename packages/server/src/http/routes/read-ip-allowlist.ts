import { showIpAllowlist } from '../../commands/show-ip-allowlist.ts';
import { type Implementation, reading } from '../call.ts';
import { presentIpAllowlist } from '../present-ip-allowlists.ts';

/** `GET /v1/ip-allowlist` (I1, I4). */
export const readIpAllowlistRoute: Implementation<'read_ip_allowlist'> = reading({
  run: (deps, { context }) => showIpAllowlist(deps.commands, context),
  present: presentIpAllowlist,
});
