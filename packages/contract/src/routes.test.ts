import { KEY_EVENT_NAMES } from '@claviger/core';
import { expect, expectTypeOf, test } from 'vitest';
import { PROBLEM_CODES, PROBLEMS, type ProblemCode } from './problems.ts';
import { problemsOf, PROBLEMS_BEFORE_ROUTES, PROBLEMS_OF_PROXIES } from './problems-of.ts';
import { type AnswerOf, type BodyOf, type ParamsOf, type QueryOf, ROUTE_NAMES, routeOf } from './routes.ts';

const all = ROUTE_NAMES.map((name) => ({ name, route: routeOf(name) }));
const managing = all.filter(({ route }) => route.credentials.includes('session'));

test('no two routes answer the same method and path', () => {
  const calls = all.map(({ route }) => `${route.method} ${route.path.replaceAll(/\{\w+\}/g, '{}')}`);
  expect(new Set(calls).size).toBe(calls.length);
});

test.each(all)('$name reads without changing and deletes without an answer', ({ route }) => {
  if (route.method === 'GET') {
    // A download is remembered (A2); otherwise reading writes nothing.
    const events = route.answer.mediaTypes === undefined ? [] : ['audit_log.downloaded'];
    expect([route.body, route.events, route.answer.status]).toEqual([null, events, 200]);
  }
  expect(route.answer.status === 204).toBe(route.method === 'DELETE');
  expect(route.answer.schema === null).toBe(route.answer.status === 204 || route.answer.mediaTypes !== undefined);
});

test.each(all)('the path of $name names what its target says', ({ route }) => {
  const params = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
  const expected = { none: [], policy_user: ['id', 'user_id'] };
  expect(params).toEqual(route.target in expected ? expected[route.target as keyof typeof expected] : ['id']);
});

test.each(all)('$name is for known user types exactly when it takes their credentials', ({ route }) => {
  expect(route.userTypes.length > 0).toBe(route.credentials.includes('session'));
  expect(route.userTypes.includes('owner')).toBe(route.credentials.includes('session'));
});

test('a narrowed key may call GET /v1/me and nothing else (K14)', () => {
  const open = all.filter(({ route }) => route.isOpenToNarrowedKeys).map(({ name }) => name);
  expect(open).toEqual(['read_me']);
});

test('the calls without a credential are set-up, sign-in, password resets, acceptance, self-revoke, health and the description (T1, T2, U7, K12, D14)', () => {
  const open = all.filter(({ route }) => route.credentials.includes('nobody')).map(({ name }) => name);
  expect(open).toEqual([
    'setup',
    'redeem_sign_in_link',
    'create_session',
    'request_password_reset',
    'redeem_password_reset',
    'accept_invitation',
    'self_revoke',
    'livez',
    'readyz',
    'openapi',
  ]);
});

test('internal keys open verification and nothing else, and nothing else opens it (K11)', () => {
  const open = all.filter(({ route }) => route.credentials.includes('internal_verify'));
  expect(open.map(({ name }) => name)).toEqual(['verify_key', 'verify_keys']);
  for (const { route } of open) expect(route.credentials).toEqual(['internal_verify']);
  for (const { route } of open) expect(route.listener).toBe('data');
});

test('these acts are sensitive (U8)', () => {
  const sensitive = all.filter(({ route }) => route.isSensitive !== false);
  expect(sensitive.map(({ name, route }) => [name, route.isSensitive])).toEqual([
    ['change_password', true],
    ['begin_totp', true],
    ['remove_totp', true],
    ['confirm_totp', true],
    ['create_recovery_codes', true],
    ['edit_user', 'when_user_type'],
    ['delete_user', true],
    ['create_invitation', 'when_administrator'],
    ['resend_invitation', 'when_administrator'],
    ['force_expire_keys', 'when_preview_token'],
    ['edit_account', 'when_sign_in_settings'],
    ['hand_over_account', true],
    ['set_resource_catalogue', true],
    ['apply_expiration_policy', true],
    ['set_ip_allowlist', true],
    ['set_user_ip_allowlist', true],
    ['delete_user_ip_allowlist', true],
    ['create_webhook', true],
    ['edit_webhook', true],
    ['delete_webhook', true],
    ['rotate_webhook_secret', true],
    ['test_webhook', true],
  ]);
});

test('settings of the account and changes of policies are for the Owner and administrators (P5)', () => {
  const closed = managing.filter(({ route }) => !route.userTypes.includes('restricted')).map(({ name }) => name);
  expect(closed).toEqual([
    'create_service_account',
    'delete_user',
    'set_user_expiration_policy',
    'delete_user_expiration_policy',
    'list_invitations',
    'create_invitation',
    'resend_invitation',
    'withdraw_invitation',
    'import_keys',
    'read_account',
    'edit_account',
    'hand_over_account',
    'read_expiration_policy',
    'set_expiration_policy',
    'read_reminder_settings',
    'set_reminder_settings',
    'read_resource_catalogue',
    'set_resource_catalogue',
    'list_checkpoints',
    'preview_expiration_policy',
    'apply_expiration_policy',
    'read_ip_allowlist',
    'set_ip_allowlist',
    'set_user_ip_allowlist',
    'delete_user_ip_allowlist',
    'create_policy',
    'edit_policy',
    'delete_policy',
    'set_policy_permissions',
    'attach_policy',
    'detach_policy',
    'list_webhooks',
    'create_webhook',
    'read_webhook',
    'edit_webhook',
    'delete_webhook',
    'rotate_webhook_secret',
    'test_webhook',
    'list_undelivered_mails',
  ]);
});

test.each(managing.filter(({ route }) => route.method === 'POST'))(
  '$name can be repeated safely when it changes something, but for a new proof',
  ({ name, route }) => {
    expect(route.isIdempotent).toBe(route.events.length > 0 && name !== 'reauthenticate');
  },
);

test.each(all)('the audit events of $name read noun.verb_ed (A3)', ({ route }) => {
  for (const event of route.events)
    expect(event).toMatch(/^[a-z_]+\.[a-z_]+(?:ed|en|sent|drawn)$|^internal_key\.bound$/);
  expect(new Set(route.events).size).toBe(route.events.length);
});

test.each(managing)('$name says how every bad credential is refused (T3)', ({ route }) => {
  const codes = problemsOf(route);
  for (const code of ['credentials_required', 'ambiguous_credentials', 'key_expired', 'write_only_key'] as const) {
    expect(codes).toContain(code);
  }
  expect(codes.includes('origin_mismatch')).toBe(route.method !== 'GET');
  expect(codes.includes('session_required')).toBe(
    !route.credentials.includes('master_key') || route.isSensitive !== false,
  );
});

test('every problem is answered somewhere', () => {
  const answered = new Set<ProblemCode>([
    ...PROBLEMS_BEFORE_ROUTES,
    ...PROBLEMS_OF_PROXIES,
    ...all.flatMap(({ route }) => problemsOf(route)),
  ]);
  expect(PROBLEM_CODES.filter((code) => !answered.has(code))).toEqual([]);
});

test.each(all)('the problems of $name are sorted by status and named once', ({ route }) => {
  const statuses = problemsOf(route).map((code) => PROBLEMS[code].status);
  expect(statuses).toEqual(statuses.toSorted((a, b) => a - b));
  expect(new Set(problemsOf(route)).size).toBe(statuses.length);
});

test('types of a call follow from its row', () => {
  expectTypeOf<ParamsOf<'attach_policy'>>().toEqualTypeOf<{ readonly id: string; readonly user_id: string }>();
  expectTypeOf<BodyOf<'rotate_key'>>().toEqualTypeOf<{ overlap_seconds: number }>();
  expectTypeOf<BodyOf<'read_key'>>().toEqualTypeOf<null>();
  expectTypeOf<QueryOf<'list_policies'>>().toEqualTypeOf<{ limit: number; cursor?: string }>();
  expectTypeOf<AnswerOf<'delete_key'>>().toEqualTypeOf<null>();
  expectTypeOf<AnswerOf<'list_keys'>['data'][number]['hint']>().toEqualTypeOf<string>();
});

test('a webhook can be told of every event of a key that a call may write (R8)', () => {
  const written = new Set(all.flatMap(({ route }) => route.events).filter((event) => event.startsWith('key.')));
  expect([...written].filter((event) => !(KEY_EVENT_NAMES as readonly string[]).includes(event))).toEqual([]);
});
