import { lifespan } from '@claviger/core';
import { changeExpirationPolicy } from '../../commands/change-expiration-policy.ts';
import { changing, type Implementation } from '../call.ts';
import { given } from '../given.ts';
import { presentExpirationPolicy } from '../present-settings.ts';

/** `PUT /v1/expiration-policy` (E1, E2, E6): for keys made from now on. */
export const setExpirationPolicyRoute: Implementation<'set_expiration_policy'> = changing({
  run: (deps, { context, body }) =>
    changeExpirationPolicy(deps.commands, context, {
      lifespans: {
        master: lifespan(body.master.lifespan_days),
        write_only: lifespan(body.write_only.lifespan_days),
      },
      ...given('usersMayOnlyShorten', body.users_may_only_shorten),
    }),
  present: presentExpirationPolicy,
});
