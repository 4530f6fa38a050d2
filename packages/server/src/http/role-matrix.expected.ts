import type { ControlRouteName } from './call.ts';
import { PASSWORD_ROWS } from './role-matrix.passwords.ts';
import type { MatrixRow, Outcome, Role, Rule } from './role-matrix.row.ts';
import {
  administrative,
  always,
  everybody,
  nobody,
  ofAccount,
  ofManagedUser,
  onManagedUser,
  onVisibleUser,
  ownSession,
  readPolicy,
} from './role-matrix.rules.ts';

/** Every operation of a new account's catalogue: whatever the other rows permit is still known. */
const CATALOGUE = [
  {
    name: 'database',
    operations: [
      ...['query', 'edit', 'download'].map((name) => ({ name })),
      { name: 'import', ingestion: true },
      { name: 'manage', includes: ['query', 'edit', 'import', 'download'] },
    ],
  },
];

const permission = { resource_type: 'database', operation: 'import', ids: ['sales'] };

const field = (name: string, value: unknown): Pick<MatrixRow, 'body'> => ({ body: () => ({ [name]: value }) });

/** A field of a key that its owner may always change. */
const ofKey = (name: string, value: unknown, expected = ofManagedUser(200)): MatrixRow =>
  everybody(`${name}: ${JSON.stringify(value)}`, expected, field(name, value));

/** An import of one key; `unique` ends in a number, and so does its digest. */
const importOf = (kind: string, unique: string): unknown => ({
  keys: [{ digest: unique.slice(1).padStart(64, '0'), kind, name: 'Old' }],
});

/** Where no test comes from. */
const ELSEWHERE = [{ cidr: '192.0.2.0/24', scope: 'all' }];
const withEntries = (title: string, expected: Rule, entries: unknown): MatrixRow =>
  administrative(`entries: ${title}`, expected, { takesKeys: false, ...field('entries', entries) });

/** A field of a webhook. */
const onWebhook = (name: string, value: unknown): MatrixRow =>
  administrative(`${name}: ${JSON.stringify(value)}`, ofAccount(200), { takesKeys: false, ...field(name, value) });

/** U3, U8: who may turn whom into what. With a key the act is refused wherever it could be allowed. */
function changingType(to: 'administrator' | 'restricted'): MatrixRow {
  const own = (role: Role): Outcome => {
    if (role === 'owner') return 'owner_stays';
    // Asked for what one is already, nothing changes.
    return role === to ? 200 : 'not_allowed';
  };
  return everybody(
    `user_type: ${to}`,
    (role, target) => (target === 'own' ? own(role) : onManagedUser(200)(role, target)),
    {
      ...field('user_type', to),
      expectedByKey: onManagedUser('session_required'),
    },
  );
}

const NOBODY_ID = 'usr_AAAAAAAAAAAAAAAAAAAA';

/** U3, U4: nobody deletes the Owner or themselves; who may be deleted otherwise gets what the body asks for. */
function deletingUser(title: string, outcome: Outcome | ((role: Role) => Outcome), body: unknown): MatrixRow {
  const own = (role: Role): Outcome => (role === 'owner' ? 'owner_stays' : 'cannot_delete_yourself');
  const expected: Rule = (role, target) =>
    onManagedUser(typeof outcome === 'function' ? outcome(role) : outcome, own(role))(role, target);
  return administrative(title, expected, { takesKeys: false, body: () => body });
}

/** What every route of the control plane answers to whom. A route without a row here stops the build and fails the test. */
export const EXPECTED: { readonly [Name in ControlRouteName]: readonly MatrixRow[] } = {
  setup: [
    nobody('a second time', always('setup_done'), {
      startsSession: true,
      body: () => ({
        token: 'x',
        account: { name: 'A' },
        owner: { email: 'a@b.example', name: 'A', password: 'correct horse' },
      }),
    }),
  ],
  redeem_sign_in_link: [
    nobody('with an unknown token', always('sign_in_link_not_valid'), {
      startsSession: true,
      body: (unique) => ({ token: unique, password: 'correct horse battery' }),
    }),
  ],
  create_session: [
    nobody('with a wrong password', always('sign_in_failed'), {
      startsSession: true,
      body: (unique) => ({ email: `${unique}@nowhere.example`, password: 'x' }),
    }),
  ],
  ...PASSWORD_ROWS,
  self_revoke: [nobody('an unknown text', always(202), { body: () => ({ key: 'unknown' }) })],
  livez: [nobody('', always(200))],
  readyz: [nobody('', always(200))],
  openapi: [nobody('', always(200))],
  list_sessions: [everybody('', always(200))],
  delete_current_session: [everybody('', always(204), { takesKeys: false })],
  delete_session: [everybody('', ownSession(204))],
  reauthenticate: [
    everybody('with a wrong password', always('password_wrong'), { takesKeys: false, ...field('password', 'x') }),
  ],
  read_me: [everybody('', always(200), { isOpenToNarrowedKeys: true })],
  list_keys: [everybody('', always(200)), everybody('filtered', always(200), { query: '?status=active&kind=master' })],
  read_expiry_histogram: [
    everybody('', always(200)),
    everybody('filtered', always(200), { query: '?days=1&kind=master' }),
  ],
  read_usage: [everybody('of no key', always('not_found'), { query: '?key_id=key_AAAAAAAAAAAA' })],
  create_key: [
    everybody('for oneself', always(201), { body: () => ({ kind: 'master', name: 'x' }) }),
    everybody('beyond what a restricted owner has', (role) => (role === 'restricted' ? 'permission_not_held' : 201), {
      body: () => ({ kind: 'master', name: 'x', permissions: [{ ...permission, operation: 'query' }] }),
    }),
  ],
  import_keys: [
    administrative('a write-only key', always(201), { body: (unique) => importOf('write_only', unique) }),
    administrative('a master key', (role) => (role === 'owner' ? 201 : 'owner_only'), {
      body: (unique) => importOf('master', unique),
    }),
  ],
  test_key: [everybody('', always(200), field('key', 'unknown'))],
  read_key: [everybody('', ofManagedUser(200))],
  edit_key: [
    ofKey('name', 'New name'),
    ofKey('metadata', { a: 1 }),
    ofKey('permissions', null),
    ofKey('permissions', [], ofManagedUser(200)),
    ofKey('allowed_ips', ['203.0.113.0/24']),
    ofKey('allowed_origins', []),
    ofKey('rate_limit', { requests: 5, per_seconds: 1 }),
  ],
  delete_key: [everybody('', ofManagedUser(204))],
  force_expire_key: [everybody('', ofManagedUser(200), field('reason', 'compromised'))],
  force_expire_keys: [
    everybody('previewed', always(200), { body: () => ({ preview: true, unused_days: 30 }) }),
    everybody('with a made-up token', always('preview_token_wrong'), {
      body: () => ({ preview_token: 'made.up', reason: 'compromised' }),
      expectedByKey: always('session_required'),
    }),
  ],
  rotate_key: [everybody('', ofManagedUser(200), field('overlap_seconds', 60))],
  finish_rotation: [everybody('', ofManagedUser(200))],
  disable_key: [everybody('', ofManagedUser(200))],
  enable_key: [everybody('', ofManagedUser(200))],
  list_invitations: [administrative('', always(200))],
  create_invitation: [
    administrative('as restricted', always(201), {
      body: (unique) => ({ email: `${unique}@new.example`, name: 'N' }),
    }),
    administrative('as administrator', always(201), {
      body: (unique) => ({ email: `${unique}@new.example`, name: 'N', user_type: 'administrator' }),
      expectedByKey: always('session_required'),
    }),
  ],
  resend_invitation: [administrative('', ofAccount(200))],
  withdraw_invitation: [administrative('', ofAccount(204))],
  accept_invitation: [
    nobody('with an unknown token', always('invitation_not_valid'), {
      startsSession: true,
      body: () => ({ token: 'x', password: 'correct horse' }),
    }),
  ],
  list_users: [everybody('', always(200))],
  create_service_account: [administrative('', always(201), { body: () => ({ name: 'CI', service_account: true }) })],
  read_user: [everybody('', onVisibleUser(200))],
  edit_user: [
    everybody('name', onManagedUser(200), field('name', 'New name')),
    changingType('administrator'),
    changingType('restricted'),
    everybody('disabled: true', onManagedUser(200, 'cannot_disable_yourself'), field('disabled', true)),
    everybody('disabled: false', onManagedUser(200), field('disabled', false)),
    everybody('ends_reported_keys', onManagedUser(200), field('ends_reported_keys', true)),
    everybody(
      'contacts of a person',
      (role, target) =>
        role === 'restricted' && target === 'own'
          ? 'not_allowed'
          : onManagedUser('contacts_need_service_account')(role, target),
      field('contacts', []),
    ),
  ],
  delete_user: [
    deletingUser('with the keys', 200, { keys: 'delete' }),
    deletingUser('in a preview', 200, { keys: 'delete', preview: true }),
    deletingUser('to nobody', 'unknown_user', { keys: 'reassign', new_owner_id: NOBODY_ID }),
    deletingUser('widened', (role) => (role === 'owner' ? 'unknown_user' : 'owner_only'), {
      keys: 'reassign',
      new_owner_id: NOBODY_ID,
      widen: true,
    }),
  ],
  read_effective_permissions: [everybody('', onManagedUser(200))],
  read_user_expiration_policy: [everybody('', onManagedUser(200))],
  set_user_expiration_policy: [administrative('', onManagedUser(200), field('master', { lifespan_days: 30 }))],
  delete_user_expiration_policy: [administrative('', onManagedUser(204))],
  read_ip_allowlist: [administrative('', always(200))],
  set_ip_allowlist: [
    withEntries('none', always(200), []),
    withEntries('that lock out whoever asks', always('lockout_unconfirmed'), ELSEWHERE),
  ],
  read_user_ip_allowlist: [everybody('', onManagedUser(200))],
  set_user_ip_allowlist: [
    withEntries('that lock out whoever asks for themselves', onManagedUser(200, 'lockout_unconfirmed'), ELSEWHERE),
    withEntries('none', onManagedUser(200), []),
  ],
  delete_user_ip_allowlist: [administrative('', onManagedUser(204), { takesKeys: false })],
  read_account: [administrative('', always(200))],
  edit_account: [
    administrative('name', always(200), field('name', 'Acme')),
    administrative('default_keys', always(200), field('default_keys', 'both')),
    administrative('idle_rule', always(200), field('idle_rule', null)),
    administrative('management_by_keys', always(200), {
      ...field('management_by_keys', true),
      expectedByKey: always('session_required'),
    }),
    administrative('sign_in', always(200), {
      ...field('sign_in', { password_shortest: 14 }),
      expectedByKey: always('session_required'),
    }),
  ],
  hand_over_account: [
    everybody('to nobody', (role) => (role === 'owner' ? 'unknown_user' : 'owner_only'), {
      takesKeys: false,
      ...field('new_owner_id', NOBODY_ID),
    }),
  ],
  read_expiration_policy: [administrative('', always(200))],
  set_expiration_policy: [
    administrative('lifespans', always(200), {
      body: () => ({ master: { lifespan_days: 90 }, write_only: { lifespan_days: null } }),
    }),
    administrative('users_may_only_shorten', (role) => (role === 'owner' ? 200 : 'owner_only'), {
      isReset: true,
      body: () => ({
        master: { lifespan_days: null },
        write_only: { lifespan_days: null },
        users_may_only_shorten: true,
      }),
    }),
  ],
  preview_expiration_policy: [
    administrative('on the usual terms', always(200)),
    administrative('on other terms', always(200), { body: () => ({ notice_days: 1, max_share_percent: 100 }) }),
  ],
  apply_expiration_policy: [
    administrative('with a made-up token', always('preview_token_wrong'), {
      ...field('preview_token', 'made.up'),
      expectedByKey: always('session_required'),
    }),
  ],
  read_reminder_settings: [administrative('', always(200))],
  set_reminder_settings: [administrative('', always(200), field('days_before', 14))],
  read_resource_catalogue: [administrative('', always(200))],
  set_resource_catalogue: [
    everybody('', (role) => (role === 'owner' ? 200 : 'owner_only'), {
      takesKeys: false,
      body: () => ({ resource_types: CATALOGUE }),
    }),
    everybody('with a mark that changes', (role) => (role === 'owner' ? 'ingestion_mark_changed' : 'owner_only'), {
      takesKeys: false,
      body: () => ({ resource_types: [{ name: 'database', operations: [{ name: 'import' }] }] }),
    }),
  ],
  list_audit_events: [everybody('', always(200)), everybody('filtered', always(200), { query: '?result=refused' })],
  list_checkpoints: [administrative('', always(200))],
  export_audit_events: [
    everybody('', always(200)),
    everybody('as CSV, filtered', always(200), { query: '?format=csv&result=refused' }),
  ],
  list_policies: [everybody('', always(200))],
  create_policy: [administrative('', always(201), { body: () => ({ name: 'P', permissions: [permission] }) })],
  explain: [
    everybody('a key that is not there', always('not_found'), {
      body: () => ({ key_id: 'key_AAAAAAAAAAAA', operation: 'query', resource: 'database:sales' }),
    }),
  ],
  read_policy: [everybody('', readPolicy)],
  edit_policy: [
    administrative('name', ofAccount(200), field('name', 'New name')),
    administrative('description', ofAccount(200), field('description', null)),
  ],
  set_policy_permissions: [administrative('', ofAccount(200), field('permissions', [permission]))],
  delete_policy: [administrative('', ofAccount(204))],
  attach_policy: [administrative('', onManagedUser(200))],
  detach_policy: [administrative('', onManagedUser(204))],
  list_undelivered_mails: [administrative('', always(200))],
  list_webhooks: [administrative('', always(200))],
  create_webhook: [
    administrative('', always(201), { takesKeys: false, body: () => ({ url: 'https://hooks.example/claviger' }) }),
  ],
  read_webhook: [administrative('', ofAccount(200))],
  edit_webhook: [
    onWebhook('url', 'https://hooks.example/elsewhere'),
    onWebhook('event_names', ['key.*']),
    onWebhook('description', null),
    onWebhook('enabled', false),
  ],
  delete_webhook: [administrative('', ofAccount(204), { takesKeys: false })],
  rotate_webhook_secret: [administrative('', ofAccount(200), { takesKeys: false })],
  test_webhook: [administrative('', ofAccount(202), { takesKeys: false })],
};
