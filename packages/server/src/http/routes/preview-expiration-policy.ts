import { DAY_SHARE_PERCENT_DEFAULT, NOTICE_DAYS_DEFAULT } from '@claviger/core';
import { previewPolicyApplication } from '../../commands/preview-policy-application.ts';
import { type Implementation, reading } from '../call.ts';
import { presentPolicyPreview } from '../present-policy-application.ts';

/** `POST /v1/expiration-policy/preview` (E6): changes nothing, so a key may ask as well. */
export const previewExpirationPolicyRoute: Implementation<'preview_expiration_policy'> = reading({
  run: (deps, { context, body }) =>
    previewPolicyApplication(deps.commands, context, {
      noticeDays: body.notice_days ?? NOTICE_DAYS_DEFAULT,
      maxSharePercent: body.max_share_percent ?? DAY_SHARE_PERCENT_DEFAULT,
    }),
  present: presentPolicyPreview,
});
