import { applyPolicy } from '../../commands/apply-policy.ts';
import { changing, type Implementation } from '../call.ts';
import { presentPolicyApplication } from '../present-policy-application.ts';

/** `POST /v1/expiration-policy/apply` (E6, U8). */
export const applyExpirationPolicyRoute: Implementation<'apply_expiration_policy'> = changing({
  run: (deps, { context, body }) => applyPolicy(deps.commands, context, { previewToken: body.preview_token }),
  present: presentPolicyApplication,
});
