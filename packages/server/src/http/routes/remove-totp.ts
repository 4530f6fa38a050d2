import { removeTotp } from '../../commands/totp-factor.ts';
import { changing, type Implementation } from '../call.ts';

/** `DELETE /v1/me/second-factors/totp` (U7). */
export const removeTotpRoute: Implementation<'remove_totp'> = changing({
  run: (deps, { context }) => removeTotp(deps.commands, context),
  present: () => null,
});
