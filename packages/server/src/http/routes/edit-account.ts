import type { BodyOf } from '@claviger/contract';
import { changeAccount, type ChangeAccountInput } from '../../commands/change-account.ts';
import { changing, type Implementation } from '../call.ts';
import { given } from '../given.ts';
import { presentAccountWithSettings } from '../present.ts';

/** `PATCH /v1/account` (K2, K14, U7, U8). */
export const editAccountRoute: Implementation<'edit_account'> = changing({
  run: (deps, { context, body }) =>
    changeAccount(deps.commands, context, {
      ...given('name', body.name),
      ...given('defaultKeys', body.default_keys),
      ...given('hasManagementByKeys', body.management_by_keys),
      ...(body.idle_rule === undefined ? {} : { idleRule: body.idle_rule }),
      ...given('signIn', body.sign_in === undefined ? undefined : signInOf(body.sign_in)),
    }),
  present: presentAccountWithSettings,
});

type WireSignIn = NonNullable<BodyOf<'edit_account'>['sign_in']>;

function signInOf(wire: WireSignIn): NonNullable<ChangeAccountInput['signIn']> {
  return {
    ...given('passwordShortest', wire.password_shortest),
    ...given('sessionIdleMinutes', wire.session_idle_minutes),
    ...given('sessionLongestHours', wire.session_longest_hours),
  };
}
