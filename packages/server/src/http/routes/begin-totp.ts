import { beginTotp } from '../../commands/totp-factor.ts';
import { changing, type Implementation } from '../call.ts';
import { presentTotpSetup } from '../present-second-factors.ts';

/** `POST /v1/me/second-factors/totp` (U7). */
export const beginTotpRoute: Implementation<'begin_totp'> = changing({
  run: (deps, { context }) => beginTotp(deps.commands, context),
  present: presentTotpSetup,
});
