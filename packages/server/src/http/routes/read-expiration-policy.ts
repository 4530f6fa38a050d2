import { showExpirationPolicy } from '../../commands/show-expiration-policy.ts';
import { type Implementation, reading } from '../call.ts';
import { presentExpirationPolicy } from '../present-settings.ts';

/** `GET /v1/expiration-policy` (E1, E2). */
export const readExpirationPolicyRoute: Implementation<'read_expiration_policy'> = reading({
  run: (deps, { context }) => showExpirationPolicy(deps.commands, context),
  present: presentExpirationPolicy,
});
