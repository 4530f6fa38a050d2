import { replaceRecoveryCodes } from '../../commands/totp-factor.ts';
import { changing, type Implementation } from '../call.ts';
import { presentRecoveryCodes } from '../present-second-factors.ts';

/** `POST /v1/me/second-factors/recovery-codes` (U7). */
export const createRecoveryCodesRoute: Implementation<'create_recovery_codes'> = changing({
  run: (deps, { context }) => replaceRecoveryCodes(deps.commands, context),
  present: presentRecoveryCodes,
});
