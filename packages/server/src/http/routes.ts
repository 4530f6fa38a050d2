import type { ControlRouteName, Implementation } from './call.ts';
import { acceptInvitationRoute } from './routes/accept-invitation.ts';
import { applyExpirationPolicyRoute } from './routes/apply-expiration-policy.ts';
import { attachPolicyRoute } from './routes/attach-policy.ts';
import { changePasswordRoute } from './routes/change-password.ts';
import { beginTotpRoute } from './routes/begin-totp.ts';
import { confirmTotpRoute } from './routes/confirm-totp.ts';
import { removeTotpRoute } from './routes/remove-totp.ts';
import { createRecoveryCodesRoute } from './routes/create-recovery-codes.ts';
import { listSecondFactorsRoute } from './routes/list-second-factors.ts';
import { createInvitationRoute } from './routes/create-invitation.ts';
import { createKeyRoute } from './routes/create-key.ts';
import { createPolicyRoute } from './routes/create-policy.ts';
import { createServiceAccountRoute } from './routes/create-service-account.ts';
import { createSessionRoute } from './routes/create-session.ts';
import { deleteCurrentSessionRoute } from './routes/delete-current-session.ts';
import { deleteKeyRoute } from './routes/delete-key.ts';
import { deletePolicyRoute } from './routes/delete-policy.ts';
import { deleteSessionRoute } from './routes/delete-session.ts';
import { deleteUserRoute } from './routes/delete-user.ts';
import { deleteUserExpirationPolicyRoute } from './routes/delete-user-expiration-policy.ts';
import { detachPolicyRoute } from './routes/detach-policy.ts';
import { disableKeyRoute } from './routes/disable-key.ts';
import { editAccountRoute } from './routes/edit-account.ts';
import { editKeyRoute } from './routes/edit-key.ts';
import { editPolicyRoute } from './routes/edit-policy.ts';
import { editUserRoute } from './routes/edit-user.ts';
import { enableKeyRoute } from './routes/enable-key.ts';
import { explainRoute } from './routes/explain.ts';
import { exportAuditEventsRoute } from './routes/export-audit-events.ts';
import { finishRotationRoute } from './routes/finish-rotation.ts';
import { forceExpireKeyRoute } from './routes/force-expire-key.ts';
import { forceExpireKeysRoute } from './routes/force-expire-keys.ts';
import { importKeysRoute } from './routes/import-keys.ts';
import { handOverAccountRoute } from './routes/hand-over-account.ts';
import { listAuditEventsRoute } from './routes/list-audit-events.ts';
import { listCheckpointsRoute } from './routes/list-checkpoints.ts';
import { listInvitationsRoute } from './routes/list-invitations.ts';
import { listKeysRoute } from './routes/list-keys.ts';
import { listPoliciesRoute } from './routes/list-policies.ts';
import { listSessionsRoute } from './routes/list-sessions.ts';
import { listUsersRoute } from './routes/list-users.ts';
import { livezRoute } from './routes/livez.ts';
import { openapiRoute } from './routes/openapi.ts';
import { readAccountRoute } from './routes/read-account.ts';
import { previewExpirationPolicyRoute } from './routes/preview-expiration-policy.ts';
import { readEffectivePermissionsRoute } from './routes/read-effective-permissions.ts';
import { readExpirationPolicyRoute } from './routes/read-expiration-policy.ts';
import { readUsageRoute } from './routes/read-usage.ts';
import { readExpiryHistogramRoute } from './routes/read-expiry-histogram.ts';
import { readKeyRoute } from './routes/read-key.ts';
import { readMeRoute } from './routes/read-me.ts';
import { readPolicyRoute } from './routes/read-policy.ts';
import { readReminderSettingsRoute } from './routes/read-reminder-settings.ts';
import { readResourceCatalogueRoute } from './routes/read-resource-catalogue.ts';
import { readUserExpirationPolicyRoute } from './routes/read-user-expiration-policy.ts';
import { readUserRoute } from './routes/read-user.ts';
import { readyzRoute } from './routes/readyz.ts';
import { reauthenticateRoute } from './routes/reauthenticate.ts';
import { requestPasswordResetRoute } from './routes/request-password-reset.ts';
import { resendInvitationRoute } from './routes/resend-invitation.ts';
import { redeemPasswordResetRoute } from './routes/redeem-password-reset.ts';
import { redeemSignInLinkRoute } from './routes/redeem-sign-in-link.ts';
import { rotateKeyRoute } from './routes/rotate-key.ts';
import { selfRevokeRoute } from './routes/self-revoke.ts';
import { setExpirationPolicyRoute } from './routes/set-expiration-policy.ts';
import { setPolicyPermissionsRoute } from './routes/set-policy-permissions.ts';
import { setReminderSettingsRoute } from './routes/set-reminder-settings.ts';
import { setResourceCatalogueRoute } from './routes/set-resource-catalogue.ts';
import { setUserExpirationPolicyRoute } from './routes/set-user-expiration-policy.ts';
import { setupRoute } from './routes/setup.ts';
import { testKeyRoute } from './routes/test-key.ts';
import { withdrawInvitationRoute } from './routes/withdraw-invitation.ts';
import { createWebhookRoute } from './routes/create-webhook.ts';
import { deleteWebhookRoute } from './routes/delete-webhook.ts';
import { editWebhookRoute } from './routes/edit-webhook.ts';
import { listUndeliveredMailsRoute } from './routes/list-undelivered-mails.ts';
import { listWebhooksRoute } from './routes/list-webhooks.ts';
import { readWebhookRoute } from './routes/read-webhook.ts';
import { rotateWebhookSecretRoute } from './routes/rotate-webhook-secret.ts';
import { testWebhookRoute } from './routes/test-webhook.ts';
import { readIpAllowlistRoute } from './routes/read-ip-allowlist.ts';
import { setIpAllowlistRoute } from './routes/set-ip-allowlist.ts';
import { readUserIpAllowlistRoute } from './routes/read-user-ip-allowlist.ts';
import { setUserIpAllowlistRoute } from './routes/set-user-ip-allowlist.ts';
import { deleteUserIpAllowlistRoute } from './routes/delete-user-ip-allowlist.ts';

/** Every route of the control plane, done: a row of the table without one here stops the build. */
export const IMPLEMENTATIONS: { readonly [Name in ControlRouteName]: Implementation<Name> } = {
  accept_invitation: acceptInvitationRoute,
  apply_expiration_policy: applyExpirationPolicyRoute,
  attach_policy: attachPolicyRoute,
  create_invitation: createInvitationRoute,
  create_key: createKeyRoute,
  create_policy: createPolicyRoute,
  create_service_account: createServiceAccountRoute,
  create_session: createSessionRoute,
  delete_current_session: deleteCurrentSessionRoute,
  delete_key: deleteKeyRoute,
  delete_policy: deletePolicyRoute,
  delete_session: deleteSessionRoute,
  delete_user: deleteUserRoute,
  delete_user_expiration_policy: deleteUserExpirationPolicyRoute,
  detach_policy: detachPolicyRoute,
  disable_key: disableKeyRoute,
  edit_account: editAccountRoute,
  edit_key: editKeyRoute,
  edit_policy: editPolicyRoute,
  edit_user: editUserRoute,
  enable_key: enableKeyRoute,
  explain: explainRoute,
  export_audit_events: exportAuditEventsRoute,
  finish_rotation: finishRotationRoute,
  force_expire_key: forceExpireKeyRoute,
  force_expire_keys: forceExpireKeysRoute,
  import_keys: importKeysRoute,
  hand_over_account: handOverAccountRoute,
  list_audit_events: listAuditEventsRoute,
  list_checkpoints: listCheckpointsRoute,
  list_invitations: listInvitationsRoute,
  list_keys: listKeysRoute,
  list_policies: listPoliciesRoute,
  list_sessions: listSessionsRoute,
  list_users: listUsersRoute,
  livez: livezRoute,
  openapi: openapiRoute,
  read_account: readAccountRoute,
  preview_expiration_policy: previewExpirationPolicyRoute,
  read_effective_permissions: readEffectivePermissionsRoute,
  read_expiration_policy: readExpirationPolicyRoute,
  read_expiry_histogram: readExpiryHistogramRoute,
  read_usage: readUsageRoute,
  read_key: readKeyRoute,
  read_me: readMeRoute,
  read_policy: readPolicyRoute,
  read_reminder_settings: readReminderSettingsRoute,
  read_resource_catalogue: readResourceCatalogueRoute,
  read_user_expiration_policy: readUserExpirationPolicyRoute,
  read_user: readUserRoute,
  readyz: readyzRoute,
  reauthenticate: reauthenticateRoute,
  resend_invitation: resendInvitationRoute,
  redeem_sign_in_link: redeemSignInLinkRoute,
  rotate_key: rotateKeyRoute,
  self_revoke: selfRevokeRoute,
  set_expiration_policy: setExpirationPolicyRoute,
  set_policy_permissions: setPolicyPermissionsRoute,
  set_reminder_settings: setReminderSettingsRoute,
  set_resource_catalogue: setResourceCatalogueRoute,
  set_user_expiration_policy: setUserExpirationPolicyRoute,
  setup: setupRoute,
  test_key: testKeyRoute,
  withdraw_invitation: withdrawInvitationRoute,
  begin_totp: beginTotpRoute,
  confirm_totp: confirmTotpRoute,
  remove_totp: removeTotpRoute,
  create_recovery_codes: createRecoveryCodesRoute,
  list_second_factors: listSecondFactorsRoute,
  change_password: changePasswordRoute,
  redeem_password_reset: redeemPasswordResetRoute,
  request_password_reset: requestPasswordResetRoute,
  create_webhook: createWebhookRoute,
  delete_webhook: deleteWebhookRoute,
  edit_webhook: editWebhookRoute,
  list_undelivered_mails: listUndeliveredMailsRoute,
  list_webhooks: listWebhooksRoute,
  read_webhook: readWebhookRoute,
  rotate_webhook_secret: rotateWebhookSecretRoute,
  test_webhook: testWebhookRoute,
  read_ip_allowlist: readIpAllowlistRoute,
  set_ip_allowlist: setIpAllowlistRoute,
  read_user_ip_allowlist: readUserIpAllowlistRoute,
  set_user_ip_allowlist: setUserIpAllowlistRoute,
  delete_user_ip_allowlist: deleteUserIpAllowlistRoute,
};
