import { showAccount } from '../../commands/show-account.ts';
import { type Implementation, reading } from '../call.ts';
import { presentAccountWithSettings } from '../present.ts';

/** `GET /v1/account`. */
export const readAccountRoute: Implementation<'read_account'> = reading({
  run: (deps, { context }) => showAccount(deps.commands, context),
  present: presentAccountWithSettings,
});
